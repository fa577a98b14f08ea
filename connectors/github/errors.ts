import { z } from 'zod';
import type { Effect } from '#domain/action/action.ts';
import { type ErrorCode, ProviderError } from '#domain/error.ts';
import { retryAfterMs } from './retry-after.ts';

const answerShape = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.unknown()),
  data: z.unknown(),
});

type Answer = z.infer<typeof answerShape>;

/** The part of Octokit's `RequestError` that we rely on. */
const refusalShape = z.object({ response: answerShape });

/** Errors of these codes come before the first byte of a request has left. */
const beforeSending = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** Whatever a GitHub call throws, as an error of the catalogue that knows whether the effect can have happened. */
export function providerError(error: unknown, effect: Effect): ProviderError {
  if (error instanceof ProviderError) return error;
  if (error instanceof Error && error.cause instanceof ProviderError) return error.cause;
  const refusal = refusalShape.safeParse(error);
  if (refusal.success) return errorOfAnswer(refusal.data.response, effect, error);
  return new ProviderError('api_unreachable', unlessRead(effect), { cause: error });
}

/** The connection failed, broke or took too long. */
export function errorOfConnection(error: unknown, effect: Effect): ProviderError {
  const happened = beforeSending.has(codeOf(error)) ? 'no' : unlessRead(effect);
  return new ProviderError('api_unreachable', happened, { cause: error });
}

/** A success that can't be read: the effect is likely there. */
export function errorOfUnreadable(effect: Effect, cause: unknown): ProviderError {
  return new ProviderError('response_invalid', unlessRead(effect), { cause });
}

/** An answer with a status that isn't a success. */
function errorOfAnswer(answer: Answer, effect: Effect, cause: unknown): ProviderError {
  const { status, headers } = answer;
  if (isRateLimit(answer)) {
    return new ProviderError('api_rate_limited', 'no', {
      cause,
      retryAfterMs: retryAfterMs(headers, Date.now()),
    });
  }
  if (status < 400) return errorOfUnreadable(effect, cause);
  // 408: the request may have been read in part, by whoever stands between.
  if (status >= 500 || status === 408)
    return new ProviderError('api_unreachable', unlessRead(effect), { cause });
  return new ProviderError(codeOfRefusal(status), 'no', { cause });
}

function codeOfRefusal(status: number): ErrorCode {
  if (status === 401) return 'oauth_token_revoked';
  if (status === 403) return 'permission_denied';
  if (status === 404 || status === 410) return 'target_not_found';
  return 'target_refused';
}

/** GitHub limits with 429 and with 403: by header, or (its secondary limits) by words only. */
function isRateLimit({ status, headers, data }: Answer): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  if (headers['retry-after'] !== undefined || String(headers['x-ratelimit-remaining']) === '0') return true;
  const message = typeof data === 'object' && data !== null && 'message' in data ? data.message : '';
  return /\b(rate limit|abuse detection)/i.test(String(message));
}

function unlessRead(effect: Effect): 'no' | 'unknown' {
  return effect === 'read' ? 'no' : 'unknown';
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
}
