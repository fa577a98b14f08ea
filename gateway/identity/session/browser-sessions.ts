import { CodedError } from '#domain/error.ts';
import type { ConfirmRights } from '#governance/person/confirm-rights.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import { newId } from '#platform/new-id.ts';
import type { Identity } from '#platform/oidc/actor-from-claims.ts';
import type { SignedIn } from '#platform/oidc/signed-in.ts';
import type { GrantStore } from '#stores/person/grants.ts';
import type { SessionStore, StoredSession } from '#stores/person/sessions.ts';
import { askUntil } from '../ask-until.ts';
import { isCookieValue, newCookieValue } from './cookie-value.ts';
import { createRenewal, type LiveSession } from './renew-session.ts';
import { longestCachedMs, type SessionCache } from './session-cache.ts';
import { publicIdOf, type SessionClaims, sessionClaims } from './session-claims.ts';

export interface BrowserSessionsOptions {
  store: SessionStore;
  cache: SessionCache;
  grants: GrantStore;
  confirm: Pick<ConfirmRights, 'byGrant'>;
  /** Milliseconds after which an unused session ends. */
  idleMs: number;
  /** Milliseconds after which every session ends. */
  absoluteMs: number;
  /** Age in milliseconds at which rights are asked for anew. */
  recheckMs: number;
  /** Milliseconds since the epoch. */
  nowMs: () => number;
}

/** A session as its person sees it. */
export interface KnownSession {
  stored: StoredSession;
  claims: SessionClaims;
}

interface FoundSession {
  identity: Identity;
  sessionId: string;
  setCookie: string | undefined;
}

export interface BrowserSessions {
  /** Returns the value of the cookie. `browser`: what the browser calls itself. */
  open(signedIn: SignedIn, browser: string | null): Promise<string>;
  /**
   * `setCookie`: the value to set again, because the session has just been used or continues under another value.
   * `admit` is told the public id before anything is renewed, and throws to refuse the call.
   */
  find(cookie: string, admit?: (sessionId: string) => void): Promise<FoundSession>;
  /** Is it neither ended nor expired? Asking does not count as use. */
  lives(cookie: string): Promise<boolean>;
  /** `undefined` when there was no such session, or it had ended. `admit` as with `find`, for one that still lives. */
  end(
    cookie: string,
    admit?: (sessionId: string) => void,
  ): Promise<{ identity: Identity; idToken: string | null } | undefined>;
  /** Live sessions of a person, newest first. */
  ofPerson(tenantId: string, userId: string): Promise<readonly KnownSession[]>;
  /** By the id that people see; `undefined` when there is none or it has ended. */
  byId(tenantId: string, id: string): Promise<KnownSession | undefined>;
  /** Ends it at once, in every gateway. */
  revoke(session: KnownSession): Promise<void>;
  /** Ends all sessions of a person at once, or those of one sign-in (hash of its `sid`); returns how many. */
  endAllOf(tenantId: string, userId: string, providerSession?: string): Promise<number>;
  /** The public id of the session that a cookie belongs to; `undefined` for none. */
  idOf(cookie: string): Promise<string | undefined>;
}

/** Shortest time in the cache: while the provider is away, not every call checks whether it is back. */
const shortestCachedMs = 5_000;
/** A refresh token that is not used for so long is deleted: no vote waits longer. */
const grantMs = 14 * 86_400_000;

/** Browser sessions. PostgreSQL is the truth; the value of the cookie is random, and only its hash is stored. */
export function createBrowserSessions(options: BrowserSessionsOptions): BrowserSessions {
  const { store, cache, grants, nowMs, idleMs, absoluteMs, recheckMs } = options;
  const renewed = createRenewal({ store, confirm: options.confirm, recheckMs, nowMs });
  const cachedMs = ({ confirmedAt }: SessionClaims) =>
    Math.max(shortestCachedMs, Math.min(longestCachedMs, Date.parse(confirmedAt) + recheckMs - nowMs()));

  const endRow = async (idHash: string) => {
    await store.end(idHash);
    await cache.delete(idHash);
  };
  /** Under every cookie that it has, also one to or from which it is turned at this moment. */
  const end = async (session: KnownSession) => {
    const { idHash, tenantId, userId } = session.stored;
    await endRow(idHash);
    const rows = await store.ofPerson(tenantId, userId);
    const same = rows.filter((row) => {
      const other = known(row, nowMs(), idleMs);
      return other !== undefined && publicIdOf(other) === publicIdOf(session);
    });
    for (const row of same) await endRow(row.idHash);
  };

  return {
    async open(signedIn, browser) {
      const cookie = newCookieValue();
      const { identity, idToken, providerSession } = signedIn;
      const { tenantId, userId } = identity.actor;
      const asking = grantOf(signedIn, nowMs());
      // Without a refresh token nothing vouches for the rights once the access token has expired.
      const endsAt = asking.kind === 'refresh' ? nowMs() + absoluteMs : Date.parse(asking.expiresAt);
      const grantId = newId('grant');
      const signInHash = providerSession === null ? null : sha256Hex(providerSession);
      await grants.keep(tenantId, { id: grantId, userId, ...asking, providerSession: signInHash });
      const confirmedAt = new Date(nowMs()).toISOString();
      const claims: SessionClaims = { kind: 'session', identity, confirmedAt, grantId, idToken, browser };
      await store.open({
        id: newId('session'),
        kind: 'session',
        idHash: sha256Hex(cookie),
        providerSession: signInHash,
        tenantId,
        userId,
        claims,
        expiresAt: new Date(Math.min(endsAt, nowMs() + absoluteMs)).toISOString(),
      });
      // The sign-in may have been ended while it was being finished; after this, an end finds the session itself.
      if (signInHash !== null && (await store.signInHasEnded(signInHash))) {
        await store.end(sha256Hex(cookie));
        await grants.removeOnline(tenantId, { userId, providerSession: signInHash });
        throw new CodedError('session_expired');
      }
      return cookie;
    },

    async find(cookie, admit = () => {}) {
      const idHash = hashOf(cookie);
      const cached = await cache.get(idHash);
      if (cached !== undefined) {
        admit(cached.sessionId);
        return { ...cached, setCookie: undefined };
      }
      const session = liveSession(await store.find(idHash), nowMs(), idleMs);
      const sessionId = publicIdOf(session);
      admit(sessionId);
      const { claims, rotated } = await renewed(session);
      const current = rotated?.idHash ?? idHash;
      const leftMs = Date.parse(session.stored.expiresAt) - nowMs();
      await cache.set(current, { identity: claims.identity, sessionId }, Math.min(cachedMs(claims), leftMs));
      // After writing to the cache: an end before this is seen here, a later one deletes the cache entry itself.
      if (!(await store.touch(current))) {
        await cache.delete(current);
        throw new CodedError('session_not_found');
      }
      return { identity: claims.identity, sessionId, setCookie: rotated?.cookie ?? cookie };
    },

    async lives(cookie) {
      const stored = isCookieValue(cookie) ? await store.find(sha256Hex(cookie)) : undefined;
      return stored !== undefined && known(stored, nowMs(), idleMs) !== undefined;
    },

    async end(cookie, admit = () => {}) {
      if (!isCookieValue(cookie)) return undefined;
      const idHash = sha256Hex(cookie);
      const stored = await store.find(idHash);
      if (stored === undefined || stored.endedAt !== null) return undefined;
      const live = known(stored, nowMs(), idleMs);
      if (live === undefined) await endRow(idHash);
      else {
        admit(publicIdOf(live));
        await end(live);
      }
      const claims = sessionClaims.safeParse(stored.claims);
      return claims.success ? { identity: claims.data.identity, idToken: claims.data.idToken } : undefined;
    },

    async ofPerson(tenantId, userId) {
      const found = await store.ofPerson(tenantId, userId);
      return found.flatMap((stored) => known(stored, nowMs(), idleMs) ?? []).filter(isCurrent);
    },
    async byId(tenantId, id) {
      const stored = await store.byId(tenantId, id);
      return stored && known(stored, nowMs(), idleMs);
    },
    async revoke(session) {
      await end(session);
      await grants.remove(session.stored.tenantId, session.claims.grantId);
    },
    async endAllOf(tenantId, userId, providerSession) {
      const ended = await store.endAllOf(tenantId, userId, providerSession);
      await Promise.all(ended.map((idHash) => cache.delete(idHash)));
      return ended.length;
    },
    async idOf(cookie) {
      const stored = isCookieValue(cookie) ? await store.find(sha256Hex(cookie)) : undefined;
      const live = stored && known(stored, nowMs(), idleMs);
      return live && publicIdOf(live);
    },
  };
}

function grantOf({ refreshToken, accessToken, expiresAt, offline }: SignedIn, atMs: number) {
  return refreshToken === null
    ? ({
        kind: 'access',
        token: accessToken,
        offline: false,
        expiresAt: new Date(Math.max(atMs, askUntil(expiresAt))).toISOString(),
      } as const)
    : ({
        kind: 'refresh',
        token: refreshToken,
        offline,
        expiresAt: new Date(atMs + grantMs).toISOString(),
      } as const);
}

function hashOf(cookie: string): string {
  if (!isCookieValue(cookie)) throw new CodedError('invalid_session');
  return sha256Hex(cookie);
}

/** False for the row of a cookie that was turned: the session goes on in another. */
function isCurrent(session: KnownSession): boolean {
  return publicIdOf(session) === session.stored.id;
}

function known(stored: StoredSession, atMs: number, idleMs: number): KnownSession | undefined {
  try {
    return liveSession(stored, atMs, idleMs);
  } catch {
    return undefined;
  }
}

function liveSession(stored: StoredSession | undefined, atMs: number, idleMs: number): LiveSession {
  const claims = sessionClaims.safeParse(stored?.claims);
  if (stored === undefined || stored.endedAt !== null || !claims.success)
    throw new CodedError('session_not_found');
  const endsAt = Math.min(Date.parse(stored.expiresAt), Date.parse(stored.seenAt) + idleMs);
  if (endsAt <= atMs) throw new CodedError('session_expired');
  return { stored, claims: claims.data };
}
