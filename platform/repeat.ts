/** Recurring work in a process. */
export interface Repeated {
  /** Begins the recurrence, with a wait first. Called again during a wait, begins that wait anew. */
  start(): void;
  /** Runs one turn now; if one is running, another right after it. Resolves when it is over, and never throws. */
  turnNow(): Promise<void>;
  /** No further turn begins. Waits for the one that is running, whose failure is not reported. */
  stop(): Promise<void>;
}

interface RepeatOptions {
  /** Milliseconds between the end of a turn and the beginning of the next. */
  everyMs: number | (() => number);
  /**
   * The share by which a wait may be longer or shorter, so that the turns of several processes spread out; default 0.
   */
  spread?: number;
  /** The signal aborts when the work is told to stop. */
  turn: (signal: AbortSignal) => unknown;
  /** Called with the reason why a turn failed, and how many have failed in a row. The next one comes as usual. */
  onFailure: (cause: unknown, inARow: number) => void;
}

/**
 * The one way to do recurring work: never two turns at the same time, and no failure ends it. It does not keep the
 * process alive.
 */
export function repeat({ everyMs, spread = 0, turn, onFailure }: RepeatOptions): Repeated {
  const stopping = new AbortController();
  const { signal } = stopping;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let comesRound = false;
  let again = false;
  let failures = 0;

  const tell = (cause: unknown) => {
    try {
      onFailure(cause, failures);
    } catch {
      // Whoever reports a failure doesn't end the work by failing too.
    }
  };
  const turns = async () => {
    do {
      again = false;
      try {
        await turn(signal);
        failures = 0;
      } catch (cause) {
        failures += 1;
        if (!signal.aborted) tell(cause);
      }
    } while (again && !signal.aborted);
  };
  const wait = () => {
    clearTimeout(timer);
    if (!comesRound || running !== undefined || signal.aborted) return;
    const ms = typeof everyMs === 'number' ? everyMs : everyMs();
    timer = setTimeout(() => void turnNow(), ms * (1 - spread + 2 * spread * Math.random())).unref();
  };
  const turnNow = (): Promise<void> => {
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
    turnNow,
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
