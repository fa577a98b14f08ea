import { setTimeout as wait } from 'node:timers/promises';
import type { LiveKeyRing } from '#platform/crypto/live-key-ring.ts';
import { repeat } from '#platform/repeat.ts';
import type { WrappedKeyStore } from './wrapped-keys.ts';

interface AdoptOptions {
  ring: Pick<LiveKeyRing, 'adopt'>;
  wrappedKeys: Pick<WrappedKeyStore, 'masterKeys'>;
  /** Called with the reason why they can't be read now; it is tried again. */
  onProblem: (cause: unknown) => void;
  /** Milliseconds between two readings; default 60 000. */
  everyMs?: number;
}

const retryMs = 1_000;

/**
 * Lets a process open what was sealed by former master keys that are no longer in the file: the database stores them.
 */
export function adoptMasterKeys({ ring, wrappedKeys, onProblem, everyMs = 60_000 }: AdoptOptions) {
  const stopped = new AbortController();
  const adopt = async () => ring.adopt(await wrappedKeys.masterKeys());
  const adopting = repeat({ everyMs, turn: adopt, onFailure: onProblem });
  const first = async () => {
    while (!stopped.signal.aborted) {
      try {
        await adopt();
        return adopting.start();
      } catch (cause) {
        onProblem(cause);
      }
      // The process waits for this, so the timer must keep it alive.
      await wait(retryMs, undefined, { signal: stopped.signal, ref: true }).catch(() => {});
    }
  };
  return {
    /** Resolves once they were read. */
    ready: first(),
    async close() {
      stopped.abort();
      await adopting.stop();
    },
  };
}
