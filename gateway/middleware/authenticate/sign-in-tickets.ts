import { sha256Hex } from '#platform/crypto/digest.ts';
import type { SessionStore } from '#stores/sessions.ts';
import type { SignedIn } from '../../oidc/sign-in.ts';
import { isCookieValue, newCookieValue } from './browser-sessions.ts';
import { sessionClaimsOf, type TicketClaims, ticketClaims } from './session-claims.ts';

export const ticketSeconds = 60;

/** One-time tickets that carry a finished sign-in from the callback to the same-origin step after it. */
export interface SignInTickets {
  open(signedIn: SignedIn, returnTo: string): Promise<string>;
  /** `undefined` for a ticket that is unknown, used or old. */
  take(ticket: string): Promise<{ signedIn: SignedIn; returnTo: string } | undefined>;
}

interface SignInTicketsOptions {
  store: Pick<SessionStore, 'open' | 'find' | 'end'>;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** Kept beside the sessions, so that callback and step may reach different gateways and no cache is needed. */
export function createSignInTickets({ store, now }: SignInTicketsOptions): SignInTickets {
  return {
    async open(signedIn, returnTo) {
      const ticket = newCookieValue();
      const claims: TicketClaims = { ...sessionClaimsOf(signedIn), kind: 'ticket', returnTo };
      const { tenantId, userId } = claims.identity.actor;
      const expiresAt = new Date(now() + ticketSeconds * 1_000).toISOString();
      await store.open({ idHash: hashOf(ticket), tenantId, userId, claims, expiresAt });
      return ticket;
    },
    async take(ticket) {
      if (!isCookieValue(ticket)) return undefined;
      const stored = await store.find(hashOf(ticket));
      if (stored === undefined || stored.endedAt !== null || Date.parse(stored.expiresAt) <= now())
        return undefined;
      await store.end(hashOf(ticket));
      const { identity, rightsUntil, refreshToken, idToken, returnTo } = ticketClaims.parse(stored.claims);
      const expiresAt = Date.parse(rightsUntil) / 1_000;
      return { signedIn: { identity, expiresAt, refreshToken, idToken }, returnTo };
    },
  };
}

/** Hashed unlike a session, so that a ticket never passes for one. */
function hashOf(ticket: string): string {
  return sha256Hex('ticket:', ticket);
}
