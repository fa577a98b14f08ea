import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds of each call, in the order in which they ended. */
export type Latencies = number[];

/** One call after the other. */
export async function oneByOne(calls: number, call: (n: number) => Promise<unknown>): Promise<Latencies> {
  const latencies: Latencies = [];
  for (let n = 0; n < calls; n += 1) {
    const at = performance.now();
    await call(n);
    latencies.push(performance.now() - at);
  }
  return latencies;
}

/** So many clients for so long, each with its next call as soon as it has its answer. */
export async function closedLoop(
  { clients, seconds }: { clients: number; seconds: number },
  call: () => Promise<unknown>,
): Promise<{ latencies: Latencies; seconds: number }> {
  const latencies: Latencies = [];
  const began = performance.now();
  const client = async () => {
    while (performance.now() - began < seconds * 1_000) {
      const at = performance.now();
      await call();
      latencies.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { latencies, seconds: (performance.now() - began) / 1_000 };
}

/** At a fixed rate, each call counted from when it was due: a stall isn't hidden by calls that were not made. */
export async function openLoop(
  { perSecond, seconds }: { perSecond: number; seconds: number },
  call: (n: number) => Promise<unknown>,
): Promise<Latencies> {
  const latencies: Latencies = [];
  const calls: Promise<unknown>[] = [];
  const began = performance.now();
  const total = Math.max(1, Math.round(perSecond * seconds));
  for (let n = 0; n < total; ) {
    const due = began + (n * 1_000) / perSecond;
    const waitMs = due - performance.now();
    if (waitMs > 0) {
      await sleep(waitMs);
      continue;
    }
    calls.push(call(n).then(() => latencies.push(performance.now() - due)));
    n += 1;
  }
  await Promise.all(calls);
  return latencies;
}
