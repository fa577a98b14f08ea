import type { Answer } from '../http/answer.ts';
import { headerText, retryAfterMs } from '../http/retry-after.ts';

/** GitHub limits with 429 and with 403: by header, or (its secondary limits) by words only. */
export function rateLimitMs(answer: Answer): number | undefined {
  return isRateLimit(answer) ? waitMs(answer.headers, Date.now()) : undefined;
}

function isRateLimit({ status, headers, data }: Answer): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  if (headers['retry-after'] !== undefined || String(headers['x-ratelimit-remaining']) === '0') return true;
  const message = typeof data === 'object' && data !== null && 'message' in data ? data.message : '';
  return /\b(rate limit|abuse detection)/i.test(String(message));
}

/** Milliseconds to wait: `Retry-After`, else the moment in `X-RateLimit-Reset`, else, as GitHub advises, a minute. */
export function waitMs(headers: Answer['headers'], atMs: number): number {
  return retryAfterMs(headers, atMs, fromReset);
}

function fromReset(headers: Answer['headers'], atMs: number): number | undefined {
  const text = headerText(headers['x-ratelimit-reset']);
  if (headerText(headers['x-ratelimit-remaining']) !== '0' || !/^\d+$/.test(text)) return undefined;
  return Number(text) * 1000 - atMs;
}
