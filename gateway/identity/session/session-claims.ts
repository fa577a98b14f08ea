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
  }),
  returnTo: z.string().startsWith('/'),
});

export type SessionClaims = z.infer<typeof sessionClaims>;
export type TicketClaims = z.infer<typeof ticketClaims>;
