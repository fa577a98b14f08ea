const second = 1000;
const day = 86_400 * second;

/** GitHub's advice where it names no time: at least a minute. */
const unnamed = 60 * second;

/**
 * Milliseconds to wait after a rate limit: `Retry-After` as seconds or as a date, else the moment in
 * `X-RateLimit-Reset`, else a minute. Negative and unreadable values count as not named. At least a second, at
 * most a day.
 */
export function retryAfterMs(headers: Readonly<Record<string, unknown>>, now: number): number {
  const wait = fromRetryAfter(headers['retry-after'], now) ?? fromReset(headers, now) ?? unnamed;
  return Math.min(Math.max(wait, second), day);
}

function fromRetryAfter(value: unknown, now: number): number | undefined {
  const text = textOf(value).trim();
  if (/^\d+$/.test(text)) return Number(text) * second;
  // Date.parse reads many things as dates, "-5" among them; HTTP dates start with a letter.
  if (!/^[A-Za-z]/.test(text)) return undefined;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? undefined : moment - now;
}

function fromReset(headers: Readonly<Record<string, unknown>>, now: number): number | undefined {
  const text = textOf(headers['x-ratelimit-reset']);
  if (textOf(headers['x-ratelimit-remaining']) !== '0' || !/^\d+$/.test(text)) return undefined;
  return Number(text) * second - now;
}

function textOf(header: unknown): string {
  return typeof header === 'string' || typeof header === 'number' ? `${header}` : '';
}
