import type { Effect } from '#domain/action/action.ts';
import { type ErrorCode, ProviderError } from '#domain/error.ts';

/**
 * Turns whatever a call of a provider throws into an error of the catalogue that knows whether the effect may have
 * happened.
 */
export function errorOfCall(error: unknown, effect: Effect): ProviderError {
  if (error instanceof ProviderError) return error;
  if (error instanceof Error && error.cause instanceof ProviderError) return error.cause;
  return new ProviderError('api_unreachable', unlessRead(effect), { cause: error });
}

/** The connection failed, broke or took too long. */
export function errorOfConnection(cause: unknown, happened: 'no' | 'unknown'): ProviderError {
  return new ProviderError('api_unreachable', happened, { cause });
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

/** Whether a call that failed after it was sent has had its effect. */
export function unlessRead(effect: Effect): 'no' | 'unknown' {
  return effect === 'read' ? 'no' : 'unknown';
}
