import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until a look shows what is wanted; fails after `patienceMs` with what it saw last. */
export async function eventually<Seen>(
  look: () => Promise<Seen>,
  wanted: (seen: Seen) => boolean,
  patienceMs = 45_000,
): Promise<Seen> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (wanted(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`still not there: ${JSON.stringify(seen).slice(0, 2_000)}`);
    await sleep(100);
  }
}
