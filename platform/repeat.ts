/** Work that comes round in a process. */
export interface Repeated {
  /** From now on it comes round: first after one wait. Told again while it waits, the wait begins anew. */
  start(): void;
  /** One turn now; where one runs already, one more right after it. Resolves when it is over, and never throws. */
  now(): Promise<void>;
  /** No turn begins any more. Waits for the one that runs, whose failure nobody hears of. */
  stop(): Promise<void>;
}

interface RepeatOptions {
  /** Milliseconds from the end of a turn to the beginning of the next. */
  everyMs: number | (() => number);
  /** The share by which a wait may be longer or shorter, so that several processes spread out; default 0. */
  spread?: number;
  /** The signal says that it is told to stop. */
  turn: (signal: AbortSignal) => unknown;
  /** Hears why a turn failed, and how many have in a row by now. The next one comes as ever. */
  onFailure: (cause: unknown, inARow: number) => void;
}

/** The one way to work on a clock: never two turns at once, and no failure ends it. It keeps no process alive. */
export function repeat({ everyMs, spread = 0, turn, onFailure }: RepeatOptions): Repeated {
  const stopping = new AbortController();
  const { signal } = stopping;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let comesRound = false;
  let again = false;
  let failures = 0;

  const turns = async () => {
    do {
      again = false;
      try {
        await turn(signal);
        failures = 0;
      } catch (cause) {
        failures += 1;
        if (!signal.aborted) onFailure(cause, failures);
      }
    } while (again && !signal.aborted);
  };
  const wait = () => {
    clearTimeout(timer);
    if (!comesRound || running !== undefined || signal.aborted) return;
    const ms = typeof everyMs === 'number' ? everyMs : everyMs();
    timer = setTimeout(() => void now(), ms * (1 - spread + 2 * spread * Math.random())).unref();
  };
  const now = (): Promise<void> => {
    if (signal.aborted) return running ?? Promise.resolve();
    if (running !== undefined) {
      again = true;
      return running;
    }
    clearTimeout(timer);
    running = turns().finally(() => {
      running = undefined;
      wait();
    });
    return running;
  };

  return {
    start() {
      comesRound = true;
      wait();
    },
    now,
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
