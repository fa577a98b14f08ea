import type { Check } from './check-system.ts';
import { keptFor } from './kept-for.ts';
import { NotWell, ofAll } from './not-well.ts';

/** An outside address is not asked again for so many milliseconds, so that our status page is no load on others. */
const keptMs = 30_000;

/** Something answers there, with anything but a server error. No credentials are sent. */
export function reachable(address: string): Check {
  return keptFor(keptMs, () => ask(address));
}

async function ask(address: string): Promise<void> {
  const answer = await fetch(address, { redirect: 'manual', signal: AbortSignal.timeout(5_000) });
  await answer.body?.cancel();
  if (answer.status >= 500) throw new NotWell([ofAll(`it answered ${answer.status}`)]);
}
