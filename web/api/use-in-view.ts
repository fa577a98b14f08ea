import { useEffect, useState } from 'preact/hooks';

/** Is the page visible? */
export function useInView(): boolean {
  const [inView, setInView] = useState(!document.hidden);
  useEffect(() => {
    const look = () => setInView(!document.hidden);
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  return inView;
}
