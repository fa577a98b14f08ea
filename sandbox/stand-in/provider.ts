import { setTimeout as sleep } from 'node:timers/promises';
import { isWrite, type Ledger } from './ledger.ts';
import type { Account, Step } from './world.ts';

export interface ProviderCall {
  method: string;
  /** Path and query. */
  path: string;
  body: string;
}

export interface ProviderAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

export interface Provider {
  /** Brings one call of our bot to the provider and writes it down before the answer comes back. */
  deliver(call: ProviderCall): Promise<ProviderAnswer>;
  /** Reads for a person who looks at the stand-in: not a call of ours, so it is not written down. */
  look(path: string): Promise<ProviderAnswer>;
  close(): Promise<void>;
}

interface RebuildOptions {
  /** What happened in its world before we came. */
  history: readonly Step[];
  ledger: Ledger;
  /** Brings one call to the provider as it is, fresh and empty. */
  send(call: ProviderCall, by: Account): Promise<ProviderAnswer>;
  close(): Promise<void>;
}

/** A fresh provider brought to the state that history and ledger tell, which writes down what reaches it from then on. */
export async function rebuildProvider({ history, ledger, send, close }: RebuildOptions): Promise<Provider> {
  for (const { by, method, path, body } of history) {
    // Things created within one millisecond are listed in either order.
    await sleep(2);
    const { status } = await send({ method, path, body: JSON.stringify(body) }, by);
    if (status >= 400) throw new Error(`the stand-in refused its own seed: ${method} ${path} ${status}`);
  }
  for (const { method, path, body, status } of ledger.entries()) {
    if (isWrite(method) && status < 400) await send({ method, path, body: body ?? '' }, 'bot');
  }

  // One write at a time, so that a rebuilt world has the same ids.
  let lastWrite: Promise<unknown> = Promise.resolve();
  const record = async (call: ProviderCall): Promise<ProviderAnswer> => {
    const answer = await send(call, 'bot');
    ledger.append({ ...call, status: answer.status });
    return answer;
  };
  return {
    deliver(call) {
      if (!isWrite(call.method)) return record(call);
      const written = lastWrite.then(() => record(call));
      lastWrite = written.catch(() => undefined);
      return written;
    },
    look: (path) => send({ method: 'GET', path, body: '' }, 'bot'),
    close,
  };
}
