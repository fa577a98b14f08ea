import { z } from 'zod';
import { CodedError } from '#domain/error.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import type { LogoutNotice } from '#platform/oidc/logout-token.ts';
import { defineRoute } from '../route.ts';
import type { AuthDependencies } from './auth-dependencies.ts';

/** Where the identity provider says that a person signed out (OpenID Connect Back-Channel Logout 1.0). */
export function postBackchannelLogout(dependencies: AuthDependencies) {
  return defineRoute({
    method: 'POST',
    path: '/auth/backchannel-logout',
    summary: 'The identity provider tells that a person is signed out',
    auth: 'public',
    audit: 'session.revoked',
    form: ['logout_token'],
    request: { body: z.strictObject({ logout_token: z.string().min(1).max(8_192) }) },
    response: { 200: { media: 'text/plain', holds: 'Nothing.' } },
    errors: ['IDENTITY_PROVIDER_UNAVAILABLE', 'DATABASE_UNAVAILABLE', 'AUDIT_WRITE_FAILED'],
    async handle({ body }) {
      const notice = await dependencies.verifyLogoutToken(body.logout_token);
      const isNew = await dependencies.takeLogoutToken(sha256Hex(notice.jti), notice.expiresAt);
      if (!isNew) {
        throw new CodedError('INVALID_REQUEST', { message: 'This logout token was used before.' });
      }
      for (const { tenantId, userId } of await peopleOf(notice, dependencies)) {
        await dependencies.signOutEverywhere(tenantId, userId);
      }
      return { status: 200, body: '', headers: { 'content-type': 'text/plain' } };
    },
  });
}

/** A subject may be known to several tenants, and a person who only used the command line has no session. */
async function peopleOf(
  { userId, providerSession, tenant }: LogoutNotice,
  { findSessionOwners, listTenants }: AuthDependencies,
) {
  const ofSession =
    providerSession === undefined
      ? []
      : await findSessionOwners({ providerSession: sha256Hex(providerSession) });
  if (userId === undefined) return ofSession;
  const tenants = tenant === undefined ? (await listTenants()).map(({ id }) => id) : [tenant];
  return tenants.map((tenantId) => ({ tenantId, userId }));
}
