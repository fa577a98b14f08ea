import { randomBytes } from 'node:crypto';
import { CodedError } from '#domain/error.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import type { SessionStore, StoredSession } from '#stores/sessions.ts';
import type { Identity } from '../../oidc/actor-from-claims.ts';
import type { SignedIn } from '../../oidc/sign-in.ts';
import { createRenewal, type LiveSession } from './renew-session.ts';
import type { SessionCache } from './session-cache.ts';
import { sessionClaims, sessionClaimsOf } from './session-claims.ts';
import { sessionSeconds } from './session-cookie.ts';

export interface BrowserSessionsOptions {
  store: SessionStore;
  cache: SessionCache;
  /** Asks the provider for fresh rights. */
  renew(refreshToken: string): Promise<SignedIn>;
  /** An unused session ends after this; default one hour. */
  idleMs?: number;
  /** Every session ends after this; default 12 hours. */
  absoluteMs?: number;
  /** Rights that can't be renewed, for want of a refresh token or of the provider, end after this; default one hour. */
  graceMs?: number;
  /** Milliseconds since the epoch. */
  now: () => number;
}

export interface BrowserSessions {
  /** Returns the cookie's value. */
  open(signedIn: SignedIn): Promise<string>;
  /** `fresh`: the use was noted just now, so that the cookie may be set anew. */
  find(cookie: string): Promise<{ identity: Identity; fresh: boolean }>;
  /** `undefined` when there was no such session, or it had ended. */
  end(cookie: string): Promise<{ identity: Identity; idToken: string | null } | undefined>;
}

const cachedMs = 30_000;

/** Sessions of browsers. PostgreSQL is the truth; the cookie's value is random, and only its hash is kept. */
export function createBrowserSessions(options: BrowserSessionsOptions): BrowserSessions {
  const { store, cache, now } = options;
  const idleMs = options.idleMs ?? sessionSeconds * 1_000;
  const absoluteMs = options.absoluteMs ?? 12 * 3_600_000;
  const graceMs = options.graceMs ?? 3_600_000;
  const renewed = createRenewal({ store, renew: options.renew, graceMs, now });

  return {
    async open(signedIn) {
      const cookie = newCookieValue();
      const claims = sessionClaimsOf(signedIn);
      const { tenantId, userId } = claims.identity.actor;
      const livesMs = claims.refreshToken === null ? Math.min(graceMs, absoluteMs) : absoluteMs;
      await store.open({
        idHash: sha256Hex(cookie),
        tenantId,
        userId,
        claims,
        expiresAt: new Date(now() + livesMs).toISOString(),
      });
      return cookie;
    },

    async find(cookie) {
      const idHash = hashOf(cookie);
      const cached = await cache.get(idHash);
      if (cached !== undefined) return { identity: cached, fresh: false };
      const session = liveSession(await store.find(idHash), now(), idleMs);
      const claims = await renewed(session);
      await store.touch(idHash);
      await cache.set(idHash, claims.identity, Math.min(cachedMs, Date.parse(session.expiresAt) - now()));
      return { identity: claims.identity, fresh: true };
    },

    async end(cookie) {
      if (!isCookieValue(cookie)) return undefined;
      const idHash = sha256Hex(cookie);
      const stored = await store.find(idHash);
      if (stored === undefined || stored.endedAt !== null) return undefined;
      await store.end(idHash);
      await cache.delete(idHash);
      const claims = sessionClaims.safeParse(stored.claims);
      return claims.success ? { identity: claims.data.identity, idToken: claims.data.idToken } : undefined;
    },
  };
}

export function newCookieValue(): string {
  return randomBytes(32).toString('hex');
}

export function isCookieValue(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

function hashOf(cookie: string): string {
  if (!isCookieValue(cookie)) throw new CodedError('invalid_session');
  return sha256Hex(cookie);
}

function liveSession(stored: StoredSession | undefined, now: number, idleMs: number): LiveSession {
  const claims = sessionClaims.safeParse(stored?.claims);
  if (stored === undefined || stored.endedAt !== null || !claims.success)
    throw new CodedError('session_not_found');
  const endsAt = Math.min(Date.parse(stored.expiresAt), Date.parse(stored.seenAt) + idleMs);
  if (endsAt <= now) throw new CodedError('session_expired');
  return { idHash: stored.idHash, expiresAt: stored.expiresAt, claims: claims.data };
}
