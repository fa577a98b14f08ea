import { z } from 'zod';
import { CodedError } from '#domain/error.ts';
import { userInfo } from '#domain/person/session.schema.ts';
import { defineRoute } from '../../http/route.ts';
import type { IdentityParts } from '../../identity/identity-parts.ts';
import { openSession } from './open-session.ts';
import { userInfoOf } from './user-info.ts';

const answer = z
  .object({
    authenticated: z.literal(true),
    user: userInfo.pick({ userId: true, email: true, roles: true, orgUnit: true }),
  })
  .meta({ id: 'SignedIn' });

/** For a page of ours that receives the code itself (spec/enterprise.md §1.2). */
export function postCallback(parts: IdentityParts) {
  const { signIn, loginCookie } = parts;
  return defineRoute({
    method: 'POST',
    path: '/api/v1/auth/callback',
    summary: 'Finish signing in with a code; the sign-in has to have started at /auth/login in this browser',
    auth: 'public',
    audit: 'session.opened',
    request: {
      body: z.strictObject({
        code: z.string().max(4_096).optional(),
        state: z.string().max(1_024).optional(),
        iss: z.string().max(1_024).optional(),
      }),
    },
    response: { 200: answer },
    errors: [
      'missing_code',
      'invalid_token',
      'no_session',
      'session_expired',
      'forbidden',
      'TENANT_UNKNOWN',
      'token_exchange_failed',
      'no_id_token',
      'IDENTITY_PROVIDER_UNAVAILABLE',
      'DATABASE_UNAVAILABLE',
      'AUDIT_WRITE_FAILED',
    ],
    async handle({ body, cookies, rawHeaders }) {
      if (!body.code) throw new CodedError('missing_code');
      const pending = loginCookie.read(cookies);
      if (pending === undefined) {
        throw new CodedError('no_session', { message: 'No sign-in was started in this browser.' });
      }
      // Without a state, only the sealed cookie ties code and browser together: PKCE and nonce are in it.
      const parameters = {
        code: body.code,
        state: body.state ?? pending.state,
        ...(body.iss ? { iss: body.iss } : {}),
      };
      const signedIn = await signIn.finish(new URLSearchParams(parameters), pending);
      const session = await openSession(signedIn, { cookies, rawHeaders }, parts);
      const { userId, email, roles, orgUnit } = userInfoOf(signedIn.identity);
      return {
        status: 200,
        body: { authenticated: true as const, user: { userId, email, roles, orgUnit } },
        headers: { 'set-cookie': [session, loginCookie.cleared] },
      };
    },
  });
}
