import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { CodedError } from '#domain/error.ts';

const badIdentityToken = new Set([
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
]);

/** A failed call to the provider as one of our errors; the provider's own words stay in `cause`, for the log. */
export function codedFromProvider(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  if (error instanceof AuthorizationResponseError) {
    return error.error === 'access_denied'
      ? new CodedError('forbidden', { message: 'The sign-in was cancelled or refused.', cause: error })
      : new CodedError('token_exchange_failed', { cause: error });
  }
  if (error instanceof ResponseBodyError) {
    return isPassing(error.status) ? away(error) : new CodedError('token_exchange_failed', { cause: error });
  }
  if (error instanceof WWWAuthenticateChallengeError) {
    return new CodedError('token_exchange_failed', { cause: error });
  }
  if (!(error instanceof ClientError)) return away(error);
  if (lacksIdToken(error)) return new CodedError('no_id_token', { cause: error });
  if (error.code === 'OAUTH_TIMEOUT' || error.code === 'OAUTH_ABORT') return away(error);
  if (error.cause instanceof Response && isPassing(error.cause.status)) return away(error);
  if (badIdentityToken.has(error.code ?? '') || signatureFailed(error)) {
    return new CodedError('invalid_token', { detail: { reason: 'identity_token' }, cause: error });
  }
  return new CodedError('token_exchange_failed', { cause: error });
}

/** A provider that is overloaded or failing has refused nobody: the same call may succeed later. */
function isPassing(status: number): boolean {
  return status >= 500 || status === 429;
}

/** `fetch` throws a bare TypeError when nothing answers. */
function away(cause: unknown): CodedError {
  return new CodedError('IDENTITY_PROVIDER_UNAVAILABLE', { cause });
}

/** The library names the missing field only in its message, but passes on the body. */
function lacksIdToken(error: Error): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const facts: unknown = cause.cause;
    if (typeof facts !== 'object' || facts === null || !('body' in facts)) continue;
    const { body } = facts;
    return typeof body === 'object' && body !== null && 'access_token' in body && !('id_token' in body);
  }
  return false;
}

function signatureFailed(error: Error): boolean {
  return /signature/i.test(`${error.message} ${error.cause instanceof Error ? error.cause.message : ''}`);
}
