import { afterLimit } from './after-limit.ts';
import { type BundleWorker, launchWorker } from './launch-worker.ts';
import { type Bundle, customerEntrypoint } from './open-bundle.ts';
import { BundleRefused } from './refused.ts';
import { createWaitingLine, type Question } from './waiting-line.ts';

interface RunOptions {
  /** Limit of one evaluation, and of an answer including the wait for the thread, in milliseconds; default 500. */
  limitMs?: number;
  /** Limit of starting a thread, in milliseconds; default 5000. */
  loadMs?: number;
  /** After so many threads were lost within an hour, no new one is started until there are fewer; default 5. */
  maxLost?: number;
  /** Milliseconds on a clock that never goes back. */
  monotonicMs?: () => number;
}

/** A bundle in a thread of its own. */
export interface RunningBundle {
  /**
   * The value of its decision. Rejects when it is undefined, throws, or does not come within the limit. A thread that
   * works on one question for longer than the limit is ended and replaced; waiting in the queue ends none.
   */
  evaluate(input: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** True when too many threads were lost within the last hour: every evaluation rejects. */
  isGivenUp(): boolean;
  close(): void;
}

const maxInputBytes = 65_536;
const hour = 3_600_000;

/** Resolves when the bundle is loaded; throws `BundleRefused` when it can't be. */
export async function runBundle(bundle: Bundle, options: RunOptions = {}): Promise<RunningBundle> {
  const { limitMs = 500, loadMs = 5_000, maxLost = 5, monotonicMs = () => performance.now() } = options;
  const start = { module: bundle.module, data: bundle.data, entrypoint: customerEntrypoint };
  const line = createWaitingLine(limitMs);
  let lost: number[] = [];
  let closed = false;
  /** The thread, while it is loaded and idle. */
  let idle: BundleWorker | undefined;
  let thread: BundleWorker | undefined = launch();

  function launch(): BundleWorker {
    const launched = launchWorker(start, () => {
      if (closed) return;
      lost.push(monotonicMs());
      idle = undefined;
      thread = isGivenUp() ? undefined : launch();
    });
    const callOff = afterLimit(loadMs, () => launched.kill());
    void launched.ready
      .finally(callOff)
      .then(() => serve(launched))
      .catch(() => {});
    return launched;
  }

  /** One question at a time, so that each question is measured alone. */
  async function serve(worker: BundleWorker): Promise<void> {
    idle = undefined;
    for (let question = line.next(); question !== undefined; question = line.next()) {
      await answer(worker, question, limitMs);
      if (worker !== thread) return;
    }
    idle = worker;
  }

  function isGivenUp(): boolean {
    lost = lost.filter((at) => monotonicMs() - at < hour);
    return lost.length >= maxLost;
  }

  function close() {
    closed = true;
    const last = thread;
    thread = idle = undefined;
    last?.kill();
  }

  try {
    await thread.ready;
  } catch (cause) {
    close();
    throw cause instanceof BundleRefused
      ? cause
      : new BundleRefused('its WebAssembly can not be loaded', cause);
  }
  return {
    async evaluate(input) {
      if (closed || isGivenUp()) throw new Error('the bundle does not run');
      const bytes = new TextEncoder().encode(JSON.stringify(input));
      if (bytes.byteLength > maxInputBytes)
        throw new RangeError(`policy input of ${bytes.byteLength} bytes, at most ${maxInputBytes} are taken`);
      thread ??= launch();
      const results = line.ask(bytes);
      if (idle !== undefined) void serve(idle);
      return onlyResult(await results);
    },
    isGivenUp,
    close,
  };
}

/** Ends the thread when it takes too long; never throws. */
async function answer(
  worker: BundleWorker,
  { input, resolve, reject }: Question,
  limitMs: number,
): Promise<void> {
  const callOff = afterLimit(limitMs, () => worker.kill());
  await worker.ask(input).then(resolve, reject);
  callOff();
}

/** The engine answers `[{ result }]`; an empty list is Rego's undefined. */
function onlyResult(results: unknown): unknown {
  const [only]: unknown[] = Array.isArray(results) && results.length === 1 ? results : [];
  if (typeof only !== 'object' || only === null || !('result' in only))
    throw new Error('its decision is undefined');
  return only.result;
}
