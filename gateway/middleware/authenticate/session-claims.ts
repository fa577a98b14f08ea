import { z } from 'zod';
import { identitySchema } from '../../oidc/identity.schema.ts';
import type { SignedIn } from '../../oidc/sign-in.ts';

const tokens = {
  identity: identitySchema,
  /** ISO 8601: until when the provider vouches for the rights; then they are renewed. */
  rightsUntil: z.iso.datetime(),
  refreshToken: z.string().nullable(),
  idToken: z.string().nullable(),
};

/** What a session keeps, sealed. */
export const sessionClaims = z.strictObject({ kind: z.literal('session'), ...tokens });

/** What a one-time ticket keeps between callback and session. */
export const ticketClaims = z.strictObject({
  kind: z.literal('ticket'),
  ...tokens,
  returnTo: z.string().startsWith('/'),
});

export type SessionClaims = z.infer<typeof sessionClaims>;
export type TicketClaims = z.infer<typeof ticketClaims>;

export function sessionClaimsOf(signedIn: SignedIn): SessionClaims {
  const { identity, refreshToken, idToken } = signedIn;
  const rightsUntil = new Date(signedIn.expiresAt * 1_000).toISOString();
  return { kind: 'session', identity, rightsUntil, refreshToken, idToken };
}
