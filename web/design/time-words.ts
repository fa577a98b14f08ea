const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const words = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

/**
 * A time relative to `now`, rounded towards it: `5 minutes ago`, `in 6 days`. Times are ISO 8601, `now` in
 * milliseconds.
 */
export function timeWords(at: string, relativeToMs: number): string {
  const ms = Date.parse(at) - relativeToMs;
  const size = Math.abs(ms);
  if (size < minute) return ms > 0 ? 'in less than a minute' : 'just now';
  if (size < hour) return words.format(Math.trunc(ms / minute), 'minute');
  if (size < day) return words.format(Math.trunc(ms / hour), 'hour');
  return words.format(Math.trunc(ms / day), 'day');
}

/** The same for something that has happened: if the browser's clock is slow, it is still not in the future. */
export function agoWords(at: string, relativeToMs: number): string {
  return timeWords(at, Math.max(relativeToMs, Date.parse(at)));
}

/** When something that is waiting expires. */
export function expiryWords(expiresAt: string, relativeToMs: number): string {
  return Date.parse(expiresAt) <= relativeToMs ? 'expired' : `expires ${timeWords(expiresAt, relativeToMs)}`;
}
