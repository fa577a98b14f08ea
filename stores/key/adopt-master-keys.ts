import { setTimeout as wait } from 'node:timers/promises';
import type { LiveKeyRing } from '#platform/crypto/live-key-ring.ts';
import type { WrappedKeyStore } from './wrapped-keys.ts';

interface AdoptOptions {
  ring: Pick<LiveKeyRing, 'adopt'>;
  wrappedKeys: Pick<WrappedKeyStore, 'masterKeys'>;
  /** Hears why they can't be read now; it is tried again. */
  onProblem: (cause: unknown) => void;
  /** Milliseconds between two readings; default 60 000. */
  everyMs?: number;
}

const retryMs = 1_000;

/** Lets a process open what former master keys sealed that the file does without: they are kept in the database. */
export function adoptMasterKeys({ ring, wrappedKeys, onProblem, everyMs = 60_000 }: AdoptOptions) {
  const stopped = new AbortController();
  const adopt = async (): Promise<boolean> => {
    try {
      ring.adopt(await wrappedKeys.masterKeys());
      return true;
    } catch (cause) {
      onProblem(cause);
      return false;
    }
  };
  const first = (async () => {
    while (!(await adopt())) {
      await wait(retryMs, undefined, { signal: stopped.signal, ref: true }).catch(() => {});
      if (stopped.signal.aborted) return;
    }
  })();
  const timer = setInterval(() => void adopt(), everyMs).unref();
  return {
    /** Resolves once they were read. */
    ready: first,
    close() {
      stopped.abort();
      clearInterval(timer);
    },
  };
}
