import { useState } from 'preact/hooks';
import { asFailure, type Failure } from '../api/failure.ts';

export interface Sending {
  sending: boolean;
  /** How the last one failed; `undefined` once the next one begins. */
  failure: Failure | undefined;
  /** Does nothing while one is under way; never throws. */
  send: (work: () => Promise<void>) => Promise<void>;
}

/** Lets one thing be under way at a time, and keeps what went wrong with it. */
export function useSending(): Sending {
  const [sending, setSending] = useState(false);
  const [failure, setFailure] = useState<Failure>();

  async function send(work: () => Promise<void>): Promise<void> {
    if (sending) return;
    setSending(true);
    setFailure(undefined);
    try {
      await work();
    } catch (thrown) {
      setFailure(asFailure(thrown));
    } finally {
      setSending(false);
    }
  }

  return { sending, failure, send };
}
