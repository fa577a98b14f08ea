import type { Check } from './check-system.ts';
import { NotWell, ofAll } from './not-well.ts';

/** An outside address is not asked again for so many milliseconds, so that our status page is no load on others. */
const keptMs = 30_000;

/** Something answers there, with anything but a server error. No credentials are sent. */
export function reachable(address: string): Check {
  let last: { at: number; result: Promise<void> } | undefined;
  return () => {
    const at = performance.now();
    if (last === undefined || at - last.at > keptMs) last = { at, result: ask(address) };
    const { result } = last;
    result.catch(() => {
      last = undefined;
    });
    return result;
  };
}

async function ask(address: string): Promise<void> {
  const answer = await fetch(address, { redirect: 'manual', signal: AbortSignal.timeout(5_000) });
  await answer.body?.cancel();
  if (answer.status >= 500) throw new NotWell([ofAll(`it answered ${answer.status}`)]);
}
