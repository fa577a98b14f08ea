import type { Answer } from './answer.ts';

const second = 1000;
const day = 86_400 * second;

/** Where a provider names no time. */
const unnamed = 60 * second;

/**
 * Milliseconds to wait after a rate limit: `Retry-After` as seconds or as a date, else what the provider says in its own
 * way, else a minute. Negative and unreadable values count as not named. At least a second, at most a day.
 */
export function retryAfterMs(
  headers: Answer['headers'],
  atMs: number,
  inItsOwnWay: (headers: Answer['headers'], atMs: number) => number | undefined = () => undefined,
): number {
  const wait = fromRetryAfter(headers['retry-after'], atMs) ?? inItsOwnWay(headers, atMs) ?? unnamed;
  return Math.min(Math.max(wait, second), day);
}

function fromRetryAfter(value: unknown, atMs: number): number | undefined {
  const text = headerText(value).trim();
  if (/^\d+$/.test(text)) return Number(text) * second;
  // Date.parse reads many things as dates, "-5" among them; HTTP dates start with a letter.
  if (!/^[A-Za-z]/.test(text)) return undefined;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? undefined : moment - atMs;
}

/** A header as text; empty where there is none. */
export function headerText(header: unknown): string {
  return typeof header === 'string' || typeof header === 'number' ? `${header}` : '';
}
