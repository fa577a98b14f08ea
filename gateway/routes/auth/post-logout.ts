import { z } from 'zod';
import { CodedError } from '#domain/error.ts';
import { defineRoute } from '../../http/route.ts';
import { isSameOrigin } from '../../identity/same-origin.ts';
import { endedSessionCookie, sessionCookieName } from '../../identity/session/session-cookie.ts';
import type { AuthDependencies } from './auth-dependencies.ts';

const answer = z
  .object({
    signedOut: z.literal(true),
    /** Page of the provider that ends its own session too. */
    endSessionUrl: z.url().nullable(),
  })
  .meta({ id: 'SignedOut' });

/** Ends the browser's session. Public, so that a session which is over can still be put away. */
export function postLogout({ sessions, signIn, recordEvent, publicUrl }: AuthDependencies) {
  return defineRoute({
    method: 'POST',
    path: '/auth/logout',
    summary: 'Sign out',
    auth: 'public',
    audit: 'session.closed',
    request: {},
    response: { 200: answer },
    errors: ['forbidden', 'DATABASE_UNAVAILABLE', 'AUDIT_WRITE_FAILED'],
    async handle({ cookies, rawHeaders }) {
      if (!isSameOrigin(rawHeaders, publicUrl.origin)) {
        throw new CodedError('forbidden', { message: 'Another site sent this call.' });
      }
      const ended = await sessions.end(cookies[sessionCookieName] ?? '');
      if (ended !== undefined) {
        const { actor } = ended.identity;
        await recordEvent(actor, { event: 'session.closed', detail: 'signed out', outcome: 'success' });
      }
      const endSessionUrl = await signIn.endSessionUrl(ended?.idToken ?? null, new URL('/', publicUrl).href);
      return {
        status: 200,
        body: { signedOut: true as const, endSessionUrl },
        headers: { 'set-cookie': endedSessionCookie(publicUrl.protocol === 'https:') },
      };
    },
  });
}
