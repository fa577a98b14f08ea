import { ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import { CodedError } from '#domain/error.ts';
import { codedFromProvider } from './provider-error.ts';

/**
 * What a failed call of the identity provider says about the person it was about: only what the standards let it say.
 * Everything else (a client that it no longer knows, a proxy's page, half an answer, somebody else's claims) is its own
 * trouble, which nobody pays for with a session, a right or a vote: it is asked again.
 */

/** Does the token endpoint say that this refresh token is over (RFC 6749 §5.2)? */
export function endsRefreshToken(error: unknown): boolean {
  return (
    error instanceof ResponseBodyError &&
    error.error === 'invalid_grant' &&
    [400, 401, 403].includes(error.status)
  );
}

/** Does the user-info endpoint say that this access token is over (RFC 6750 §3.1)? */
export function endsAccessToken(error: unknown): boolean {
  return (
    error instanceof WWWAuthenticateChallengeError &&
    error.status === 401 &&
    error.cause.some(
      ({ scheme, parameters }) => scheme === 'bearer' && parameters['error'] === 'invalid_token',
    )
  );
}

/**
 * `IDENTITY_PROVIDER_UNAVAILABLE` for whatever else was thrown. With `detail.reason` where it did answer, so that one
 * person's odd answer doesn't count as its absence for all.
 */
export function troubleOf(error: unknown): CodedError {
  const coded = codedFromProvider(error);
  return coded.code === 'IDENTITY_PROVIDER_UNAVAILABLE' ? coded : oddAnswer(error);
}

const odd = Object.freeze({ reason: 'answer' });

export function oddAnswer(cause: unknown): CodedError {
  return new CodedError('IDENTITY_PROVIDER_UNAVAILABLE', { detail: odd, cause });
}

/** Does the provider know the person, and give them no rights here? Their other sign-ins would say the same. */
export function saysNoRights(error: unknown): boolean {
  return error instanceof CodedError && (error.code === 'forbidden' || error.code === 'TENANT_UNKNOWN');
}

export function isOddAnswer(error: unknown): boolean {
  return (
    error instanceof CodedError && error.code === 'IDENTITY_PROVIDER_UNAVAILABLE' && error.detail === odd
  );
}
