import { type BundleWorker, launchWorker } from './launch-worker.ts';
import { type Bundle, customerEntrypoint } from './open-bundle.ts';
import { BundleRefused } from './refused.ts';

interface RunOptions {
  /** Milliseconds for one evaluation, its wait for the thread included; default 500. */
  limitMs?: number;
  /** Milliseconds for the start of a thread; default 5000. */
  loadMs?: number;
  /** Threads lost within an hour after which no new one is started; default 5. */
  maxLost?: number;
  /** Milliseconds, never going back. */
  now?: () => number;
}

/** A bundle in a thread of its own. */
export interface RunningBundle {
  /**
   * The value of its decision. Rejects when it is undefined, throws or takes longer than the limit; then its thread is
   * ended, with everything that waited behind it, and another one started.
   */
  evaluate(input: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Too many threads were lost: every evaluation rejects from now on. */
  isGivenUp(): boolean;
  close(): void;
}

const maxInputBytes = 65_536;
const hour = 3_600_000;

/** Resolves once the bundle is loaded; throws `BundleRefused` when it can't be. */
export async function runBundle(bundle: Bundle, options: RunOptions = {}): Promise<RunningBundle> {
  const { limitMs = 500, loadMs = 5_000, maxLost = 5, now = () => performance.now() } = options;
  const start = { module: bundle.module, data: bundle.data, entrypoint: customerEntrypoint };
  let lost: number[] = [];
  let closed = false;
  let thread = launch();

  function launch(): BundleWorker {
    const launched = launchWorker(start, () => {
      if (closed) return;
      lost = [...lost.filter((at) => now() - at < hour), now()];
      if (lost.length < maxLost) thread = launch();
      else closed = true;
    });
    const slow = setTimeout(() => launched.kill(), loadMs).unref();
    void launched.ready.catch(() => {}).finally(() => clearTimeout(slow));
    return launched;
  }

  function close() {
    closed = true;
    thread.kill();
  }

  try {
    await thread.ready;
  } catch (cause) {
    close();
    throw new BundleRefused('its WebAssembly can not be loaded', cause);
  }
  return {
    async evaluate(input) {
      if (closed) throw new Error('the bundle does not run');
      const bytes = new TextEncoder().encode(JSON.stringify(input));
      if (bytes.byteLength > maxInputBytes)
        throw new RangeError(`policy input of ${bytes.byteLength} bytes, at most ${maxInputBytes} are taken`);
      return onlyResult(await within(limitMs, thread, bytes));
    },
    isGivenUp: () => lost.length >= maxLost,
    close,
  };
}

async function within(limitMs: number, thread: BundleWorker, input: Uint8Array): Promise<unknown> {
  const late = Promise.withResolvers<never>();
  let loaded = false;
  let settled = false;
  const answered = thread.ready.then(() => {
    loaded = true;
    return thread.ask(input);
  });
  const timer = setTimeout(() => {
    // One turn of the loop: when it was we who stood still, the answer lies there already.
    setImmediate(() => {
      if (settled) return;
      late.reject(new Error(`the bundle took longer than ${limitMs} ms`));
      if (loaded) thread.kill();
    });
  }, limitMs);
  try {
    return await Promise.race([answered, late.promise]);
  } finally {
    settled = true;
    clearTimeout(timer);
  }
}

/** The engine answers `[{ result }]`; an empty list is Rego's undefined. */
function onlyResult(results: unknown): unknown {
  const [only]: unknown[] = Array.isArray(results) && results.length === 1 ? results : [];
  if (typeof only !== 'object' || only === null || !('result' in only))
    throw new Error('the bundle is undefined for this input');
  return only.result;
}
