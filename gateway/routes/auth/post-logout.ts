import { CodedError } from '#domain/error.ts';
import * as calls from '#domain/person/calls.ts';
import { signedOut } from '#domain/person/session.schema.ts';
import { defineRoute } from '../../http/route.ts';
import type { IdentityParts } from '../../identity/identity-parts.ts';
import { isSameOrigin } from '../../identity/same-origin.ts';
import { refuseOtherSession } from '../../identity/session/same-session.ts';
import { endedSessionCookie, sessionCookieName } from '../../identity/session/session-cookie.ts';

/** Ends the browser's session. Public, so that the cookie of a session that is over can still be removed. */
export function postLogout({ sessions, signIn, recordEvent, publicUrl }: IdentityParts) {
  return defineRoute({
    ...calls.postLogout,
    summary: 'Sign out',
    auth: 'public',
    audit: 'session.closed',
    request: {},
    response: { 200: signedOut },
    errors: ['forbidden', 'SESSION_CHANGED', 'DATABASE_UNAVAILABLE', 'AUDIT_WRITE_FAILED'],
    async handle({ cookies, rawHeaders }) {
      if (!isSameOrigin(rawHeaders, publicUrl.origin)) {
        throw new CodedError('forbidden', { message: 'Another site sent this call.' });
      }
      const caller = { method: 'POST', headers: rawHeaders };
      const ended = await sessions.end(cookies[sessionCookieName] ?? '', (id) =>
        refuseOtherSession(caller, id),
      );
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
