/** One run of one kind of workflow. */
export interface Sample {
  /** Milliseconds from start to result. */
  ms: number;
  /** CPU of worker and client together, milliseconds. */
  cpuMs: number;
  /** Statements sent to PostgreSQL by worker and client. */
  statements: number;
}

export interface Figures {
  p50: number;
  p95: number;
  cpuMs: number;
  statements: number;
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export function figuresOf(samples: readonly Sample[]): Figures {
  const times = samples.map(({ ms }) => ms);
  return {
    p50: quantile(times, 0.5),
    p95: quantile(times, 0.95),
    cpuMs: mean(samples.map(({ cpuMs }) => cpuMs)),
    statements: mean(samples.map(({ statements }) => statements)),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
