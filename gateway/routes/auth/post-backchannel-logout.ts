import { z } from 'zod';
import { CodedError } from '#domain/error.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import { defineRoute } from '../../http/route.ts';
import type { IdentityParts } from '../../identity/identity-parts.ts';

/** The identity provider reports here that a person signed out (OpenID Connect Back-Channel Logout 1.0). */
export function postBackchannelLogout(parts: IdentityParts) {
  return defineRoute({
    method: 'POST',
    path: '/auth/backchannel-logout',
    summary: 'The identity provider tells that a person is signed out',
    auth: 'public',
    audit: 'session.revoked',
    form: ['logout_token'],
    request: { body: z.strictObject({ logout_token: z.string().min(1).max(8_192) }) },
    response: { 200: { media: 'text/plain', contains: 'Nothing.' } },
    errors: ['IDENTITY_PROVIDER_UNAVAILABLE', 'DATABASE_UNAVAILABLE', 'AUDIT_WRITE_FAILED'],
    async handle({ body }) {
      const notice = await parts.verifyLogoutToken(body.logout_token);
      const tokenHash = sha256Hex(notice.jti);
      if (await parts.logoutTokenTaken(tokenHash)) throw usedBefore();
      await parts.signOut(notice);
      // Marked as used after the work is done: if that fails, the provider reports again.
      if (!(await parts.takeLogoutToken(tokenHash, notice.expiresAt))) throw usedBefore();
      return { status: 200, body: '', headers: { 'content-type': 'text/plain' } };
    },
  });
}

function usedBefore(): CodedError {
  return new CodedError('INVALID_REQUEST', { message: 'This logout token was used before.' });
}
