import { setTimeout as wait } from 'node:timers/promises';
import type { LiveKeyRing } from '#platform/crypto/live-key-ring.ts';
import { repeat } from '#platform/repeat.ts';
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
      // The process waits for this, so it has to be kept alive.
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
