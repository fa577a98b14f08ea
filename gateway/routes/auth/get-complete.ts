import { CodedError } from '#domain/error.ts';
import { defineRoute } from '../../http/route.ts';
import type { IdentityParts } from '../../identity/identity-parts.ts';
import { openSession } from './open-session.ts';
import { refusalAnswer, refusals } from './refusal-answer.ts';
import { clearedTicketCookie, completePath, ticketCookieName } from './ticket-cookie.ts';

/** The same-origin step that turns a ticket into a session. */
export function getComplete(parts: IdentityParts) {
  const cleared = clearedTicketCookie(parts.publicUrl.protocol === 'https:');
  return defineRoute({
    method: 'GET',
    path: completePath,
    summary: 'Last step of signing in with a browser',
    auth: 'public',
    audit: 'session.opened',
    request: {},
    response: {
      303: { media: 'text/plain', contains: 'Nothing; the way back is in `location`.' },
      ...refusals,
    },
    errors: ['no_session', 'session_expired', 'DATABASE_UNAVAILABLE', 'AUDIT_WRITE_FAILED'],
    async handle({ cookies, rawHeaders }) {
      try {
        const taken = await parts.tickets.take(cookies[ticketCookieName] ?? '');
        if (taken === undefined) {
          throw new CodedError('no_session', {
            message: 'This sign-in took too long or was finished before.',
          });
        }
        const session = await openSession(taken.signedIn, { cookies, rawHeaders }, parts);
        return {
          status: 303,
          body: '',
          headers: { location: taken.returnTo, 'set-cookie': [session, cleared] },
        };
      } catch (error) {
        return refusalAnswer(error, [cleared]);
      }
    },
  });
}
