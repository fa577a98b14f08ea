import { z } from 'zod';
import { identitySchema } from '#platform/oidc/identity.schema.ts';

/** What a session stores, sealed. What the provider can be asked with is a grant (stores/person/grants.ts). */
export const sessionClaims = z.strictObject({
  kind: z.literal('session'),
  identity: identitySchema,
  /** ISO 8601: when the provider last stated or confirmed the rights. */
  confirmedAt: z.iso.datetime(),
  grantId: z.string(),
  idToken: z.string().nullable(),
  /** The browser, as it calls itself; for the person's own list. */
  browser: z.string().nullable(),
  /** For the few seconds after its cookie was turned: the id under which the session goes on. */
  goesOnAs: z.string().optional(),
});

/** What a one-time ticket stores between callback and session. */
export const ticketClaims = z.strictObject({
  kind: z.literal('ticket'),
  signedIn: z.strictObject({
    identity: identitySchema,
    /** Seconds since the epoch. */
    expiresAt: z.number(),
    accessToken: z.string(),
    refreshToken: z.string().nullable(),
    idToken: z.string().nullable(),
    providerSession: z.string().nullable(),
    // Tickets of the release before don't say.
    offline: z.boolean().default(false),
  }),
  returnTo: z.string().startsWith('/'),
});

export type SessionClaims = z.infer<typeof sessionClaims>;
export type TicketClaims = z.infer<typeof ticketClaims>;

/** The id by which people and pages know a session: it stays when its cookie is turned, and opens nothing. */
export function publicIdOf({ stored, claims }: { stored: { id: string }; claims: SessionClaims }): string {
  return claims.goesOnAs ?? stored.id;
}
