import type { Wait, WaitsTo } from './request.ts';
import type { WaitView } from './wait.schema.ts';

const thenWords: Record<WaitsTo, string> = { send: 'it is sent', look: 'it is looked for' };

/** A wait as people see it. */
export function waitInWords({ until, to, code }: Wait): WaitView {
  // A look is also put off where the provider named no time: it is away, or the call may still be on its way.
  const isOurs = to === 'look' && code !== 'api_rate_limited';
  const why = isOurs
    ? `It may have been sent, which can't be told before ${timeInWords(until)}.`
    : `The provider takes no call before ${timeInWords(until)}.`;
  const message = `${why} Then ${thenWords[to]}.`;
  return { until, to, error: code, message };
}

/** `2026-12-01 12:17:05 UTC`, of a time in ISO 8601. */
export function timeInWords(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
}
