import { CodedError } from '#domain/error.ts';
import { defineRoute } from '../../http/route.ts';
import type { IdentityParts } from '../../identity/identity-parts.ts';
import { stepPage } from './pages.ts';
import { htmlType, refusalAnswer, refusals } from './refusal-answer.ts';
import { ticketCookie } from './ticket-cookie.ts';

/** The identity provider sends the browser back to here. */
export function getCallback({ signIn, tickets, loginCookie, publicUrl }: IdentityParts) {
  return defineRoute({
    method: 'GET',
    path: '/auth/callback',
    summary: 'Way back from the identity provider',
    auth: 'public',
    audit: 'session.refused',
    request: {},
    response: {
      200: { media: 'text/html', contains: 'A page that goes on to `/auth/complete` by itself.' },
      ...refusals,
    },
    errors: [
      'missing_code',
      'invalid_token',
      'no_session',
      'forbidden',
      'TENANT_UNKNOWN',
      'token_exchange_failed',
      'no_id_token',
      'IDENTITY_PROVIDER_UNAVAILABLE',
      'DATABASE_UNAVAILABLE',
      'AUDIT_WRITE_FAILED',
    ],
    async handle({ url, cookies }) {
      try {
        const pending = loginCookie.read(cookies);
        if (pending === undefined) {
          throw new CodedError('no_session', { message: 'This sign-in took too long or began elsewhere.' });
        }
        const signedIn = await signIn.finish(new URL(url, publicUrl).searchParams, pending);
        const ticket = await tickets.open(signedIn, pending.returnTo);
        const step = ticketCookie(ticket, publicUrl.protocol === 'https:');
        return {
          status: 200,
          body: stepPage(),
          headers: { 'content-type': htmlType, 'set-cookie': [step, loginCookie.cleared] },
        };
      } catch (error) {
        return refusalAnswer(error, [loginCookie.cleared]);
      }
    },
  });
}
