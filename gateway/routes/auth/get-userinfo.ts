import { CodedError } from '#domain/error.ts';
import * as calls from '#domain/person/calls.ts';
import { userInfo } from '#domain/person/session.schema.ts';
import { defineRoute } from '../../http/route.ts';
import type { IdentityParts } from '../../identity/identity-parts.ts';
import { userInfoOf } from './user-info.ts';

/** Does its own authentication: without a session it answers `no_session`, not `missing_token` (spec §1.2). */
export function getUserinfo({ authenticate }: IdentityParts) {
  return defineRoute({
    ...calls.getUserinfo,
    summary: 'Who is signed in, and what they may do',
    auth: 'public',
    audit: { none: 'a person reads their own rights' },
    request: {},
    response: { 200: userInfo },
    errors: [
      'no_session',
      'invalid_session',
      'session_not_found',
      'session_expired',
      'SESSION_CHANGED',
      'invalid_token',
      'forbidden',
      'TENANT_UNKNOWN',
      'IDENTITY_PROVIDER_UNAVAILABLE',
      'DATABASE_UNAVAILABLE',
      'AUDIT_WRITE_FAILED',
    ],
    async handle({ rawHeaders, cookies }) {
      const { identity, sessionId, renewedCookie } = await authenticate({
        method: 'GET',
        headers: rawHeaders,
        cookies,
      }).catch((error: unknown) => {
        throw error instanceof CodedError && error.code === 'missing_token'
          ? new CodedError('no_session')
          : error;
      });
      return {
        status: 200,
        body: userInfoOf(identity, sessionId),
        ...(renewedCookie === undefined ? {} : { headers: { 'set-cookie': renewedCookie } }),
      };
    },
  });
}
