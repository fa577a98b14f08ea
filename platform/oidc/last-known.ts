interface LastKnownOptions<Value> {
  load(): Promise<Value>;
  /** Older values are loaded anew, but still used while that fails. */
  maxAgeMs: number;
  /** Older values are not used at all. */
  staleMs: number;
  /** Shortest time between two loads, failed ones included. */
  coolDownMs: number;
  /** The same while there is no value at all, so that a provider that comes up late is found soon. */
  firstCoolDownMs: number;
  /** How long a caller with a usable value waits for a newer one. */
  patienceMs: number;
  /** Milliseconds since the epoch. */
  nowMs?: () => number;
}

/** A value fetched from elsewhere that outlives short absences of its source (reliability.md F30). */
export interface LastKnown<Value> {
  /** Throws the last error of `load` when there is no usable value. */
  get(): Promise<Value>;
  /** Loads anew unless that was tried within the cool-down; true when the value is now newer. */
  renew(): Promise<boolean>;
}

export function createLastKnown<Value>(options: LastKnownOptions<Value>): LastKnown<Value> {
  const nowMs = options.nowMs ?? Date.now;
  let known: { value: Value; at: number } | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let failure: unknown;
  let loading: Promise<boolean> | undefined;

  const load = async (): Promise<boolean> => {
    try {
      known = { value: await options.load(), at: nowMs() };
      return true;
    } catch (error) {
      failure = error;
      return false;
    } finally {
      loading = undefined;
    }
  };

  const renew = async (): Promise<boolean> => {
    if (loading !== undefined) return loading;
    const coolDownMs = known === undefined ? options.firstCoolDownMs : options.coolDownMs;
    if (nowMs() - triedAt < coolDownMs) return false;
    triedAt = nowMs();
    loading = load();
    return loading;
  };

  const age = (): number => (known === undefined ? Number.POSITIVE_INFINITY : nowMs() - known.at);

  return {
    renew,
    async get() {
      if (age() > options.staleMs) await renew();
      else if (age() > options.maxAgeMs) await Promise.race([renew(), patience(options.patienceMs)]);
      if (known === undefined || age() > options.staleMs) throw failure;
      return known.value;
    },
  };
}

function patience(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
