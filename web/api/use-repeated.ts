import { useEffect, useRef } from 'preact/hooks';

/**
 * Runs `work` now, and again `everyMs` after it last finished. Only while `live` and while the page is visible: a
 * forgotten tab asks nothing, and catches up when somebody looks at it again. `work` never throws.
 */
export function useRepeated(work: () => Promise<void>, everyMs: number, live: boolean): void {
  const latest = useRef(work);
  latest.current = work;

  useEffect(() => {
    let stopped = false;
    let running = false;
    let next: ReturnType<typeof setTimeout> | undefined;

    async function run(): Promise<void> {
      clearTimeout(next);
      if (stopped || running || !live || document.hidden) return;
      running = true;
      await latest.current();
      running = false;
      if (!stopped) next = setTimeout(() => void run(), everyMs);
    }

    const look = () => void run();
    document.addEventListener('visibilitychange', look);
    look();
    return () => {
      stopped = true;
      clearTimeout(next);
      document.removeEventListener('visibilitychange', look);
    };
  }, [everyMs, live]);
}
