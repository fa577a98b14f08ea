import type { Effect } from '#domain/action/action.ts';
import { type ErrorCode, ProviderError } from '#domain/error.ts';

/** Errors with these codes happen before the first byte of a request is sent. */
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

/**
 * Turns whatever a call of a provider throws into an error of the catalogue that knows whether the effect may have happened.
 */
export function errorOfCall(error: unknown, effect: Effect): ProviderError {
  if (error instanceof ProviderError) return error;
  if (error instanceof Error && error.cause instanceof ProviderError) return error.cause;
  return new ProviderError('api_unreachable', unlessRead(effect), { cause: error });
}

/** The connection failed, broke or took too long. */
export function errorOfConnection(error: unknown, effect: Effect): ProviderError {
  const happened = beforeSending.has(codeOf(error)) ? 'no' : unlessRead(effect);
  return new ProviderError('api_unreachable', happened, { cause: error });
}

/** A success whose body can't be read: the effect has probably happened. */
export function errorOfUnreadable(effect: Effect, cause: unknown): ProviderError {
  return new ProviderError('response_invalid', unlessRead(effect), { cause });
}

/** An answer whose status is no success, and no word that calls come too fast. */
export function errorOfStatus(status: number, effect: Effect, cause: unknown): ProviderError {
  if (status < 400) return errorOfUnreadable(effect, cause);
  // 408: the request may have been read in part, by a proxy in between.
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

function unlessRead(effect: Effect): 'no' | 'unknown' {
  return effect === 'read' ? 'no' : 'unknown';
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
}
