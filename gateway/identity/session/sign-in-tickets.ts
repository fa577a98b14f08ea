import { sha256Hex } from '#platform/crypto/digest.ts';
import { newId } from '#platform/new-id.ts';
import type { SignedIn } from '#platform/oidc/signed-in.ts';
import type { SessionStore } from '#stores/person/sessions.ts';
import { isCookieValue, newCookieValue } from './cookie-value.ts';
import { type TicketClaims, ticketClaims } from './session-claims.ts';

export const ticketSeconds = 60;

/** One-time tickets that carry a finished sign-in from the callback to the same-origin step after it. */
export interface SignInTickets {
  open(signedIn: SignedIn, returnTo: string): Promise<string>;
  /** `undefined` for a ticket that is unknown, used or expired. */
  take(ticket: string): Promise<{ signedIn: SignedIn; returnTo: string } | undefined>;
}

interface SignInTicketsOptions {
  store: Pick<SessionStore, 'open' | 'find' | 'end'>;
  /** Milliseconds since the epoch. */
  nowMs: () => number;
}

/** Stored with the sessions, so that callback and next step may reach different gateways and no cache is needed. */
export function createSignInTickets({ store, nowMs }: SignInTicketsOptions): SignInTickets {
  return {
    async open(signedIn, returnTo) {
      const ticket = newCookieValue();
      const claims: TicketClaims = { kind: 'ticket', signedIn, returnTo };
      const { tenantId, userId } = signedIn.identity.actor;
      await store.open({
        id: newId('session'),
        kind: 'ticket',
        idHash: hashOf(ticket),
        providerSession: null,
        tenantId,
        userId,
        claims,
        expiresAt: new Date(nowMs() + ticketSeconds * 1_000).toISOString(),
      });
      return ticket;
    },
    async take(ticket) {
      if (!isCookieValue(ticket)) return undefined;
      const stored = await store.find(hashOf(ticket));
      if (stored === undefined || stored.endedAt !== null || Date.parse(stored.expiresAt) <= nowMs())
        return undefined;
      await store.end(hashOf(ticket));
      const { signedIn, returnTo } = ticketClaims.parse(stored.claims);
      return { signedIn, returnTo };
    },
  };
}

/** Hashed differently from a session, so that a ticket never passes for one. */
function hashOf(ticket: string): string {
  return sha256Hex('ticket:', ticket);
}
