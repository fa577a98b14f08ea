import { Worker } from 'node:worker_threads';
import { BundleRefused, notAllowed } from './refused.ts';

/** Start arguments of the thread. */
export interface WorkerStart {
  module: WebAssembly.Module;
  /** JSON. */
  data: Uint8Array;
  entrypoint: string;
}

export interface WorkerQuestion {
  id: number;
  /** JSON. */
  input: Uint8Array;
}

export type WorkerAnswer =
  /** `wanted`: built-ins that the module expects of its host. */
  | { ready: true; wanted: readonly string[] }
  | { id: number; results: unknown }
  /** In words for the operator. */
  | { id: number; failed: string };

export interface BundleWorker {
  /** Resolves when the policy is loaded, rejects when it wants a built-in of us or the thread ends before that. */
  ready: Promise<void>;
  /** The answer of the engine; rejects when it throws or the thread ends first. */
  ask(input: Uint8Array): Promise<unknown>;
  /** Ends the thread whatever it is doing, even in a loop. */
  kill(): void;
}

interface Waiting {
  resolve: (results: unknown) => void;
  reject: (cause: Error) => void;
}

const limits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };

/** Starts one thread for one bundle; `onEnd` is called once when it ends, for whatever reason. */
export function launchWorker(start: WorkerStart, onEnd: () => void): BundleWorker {
  const worker = new Worker(new URL('./bundle-worker.ts', import.meta.url), {
    workerData: start,
    env: {},
    resourceLimits: limits,
    // Caught and ignored: a policy may print, but nobody reads it.
    stdout: true,
    stderr: true,
  });
  worker.stdout.resume();
  worker.stderr.resume();
  worker.unref();
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  const loading = Promise.withResolvers<void>();
  loading.promise.catch(() => {});
  worker.on('message', (answer: WorkerAnswer) => {
    if ('ready' in answer) {
      const [wanted] = answer.wanted;
      if (wanted === undefined) loading.resolve();
      else loading.reject(new BundleRefused(notAllowed(wanted)));
      return;
    }
    const one = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('failed' in answer) one?.reject(new Error(answer.failed));
    else one?.resolve(answer.results);
  });
  worker.on('error', (cause) => loading.reject(cause instanceof Error ? cause : new Error(String(cause))));
  worker.on('exit', () => {
    const ended = new Error('the thread of the bundle ended');
    loading.reject(ended);
    for (const one of waiting.values()) one.reject(ended);
    waiting.clear();
    onEnd();
  });
  return {
    ready: loading.promise,
    ask(input) {
      asked += 1;
      const id = asked;
      const { promise, ...settle } = Promise.withResolvers<unknown>();
      waiting.set(id, settle);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage({ id, input } satisfies WorkerQuestion);
      return promise;
    },
    kill: () => void worker.terminate(),
  };
}
