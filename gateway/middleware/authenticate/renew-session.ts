import { CodedError, errorFacts } from '#domain/error.ts';
import type { SessionStore } from '#stores/sessions.ts';
import type { SignedIn } from '../../oidc/sign-in.ts';
import { type SessionClaims, sessionClaims, sessionClaimsOf } from './session-claims.ts';

/** A session that hasn't ended. */
export interface LiveSession {
  idHash: string;
  /** ISO 8601. */
  expiresAt: string;
  claims: SessionClaims;
}

interface RenewalOptions {
  store: Pick<SessionStore, 'find' | 'renew' | 'end'>;
  renew(refreshToken: string): Promise<SignedIn>;
  /** How long old rights count while the provider is away. */
  graceMs: number;
  now: () => number;
}

/**
 * Rights live as long as the access token that stated them, then the provider is asked again: a person who lost a
 * group or was locked out loses the session's rights within minutes, not at its end.
 * Throws `session_expired`, `session_not_found`, `forbidden`, `TENANT_UNKNOWN`, `IDENTITY_PROVIDER_UNAVAILABLE`.
 */
export type Renewal = (session: LiveSession) => Promise<SessionClaims>;

export function createRenewal(options: RenewalOptions): Renewal {
  // Providers may take a second use of one refresh token for theft, so that only one call may use it.
  const running = new Map<string, Promise<SessionClaims>>();
  return (session) => {
    const { claims, idHash } = session;
    if (claims.refreshToken === null || Date.parse(claims.rightsUntil) > options.now()) {
      return Promise.resolve(claims);
    }
    const started =
      running.get(idHash) ??
      renewSession(session, claims.refreshToken, options).finally(() => running.delete(idHash));
    running.set(idHash, started);
    return started;
  };
}

async function renewSession(session: LiveSession, refreshToken: string, options: RenewalOptions) {
  const { store, renew, graceMs, now } = options;
  const { idHash, expiresAt, claims } = session;
  // Read again: the row in hand may be from before a renewal that ended just now.
  const already = await renewedElsewhere(session, store);
  if (already !== undefined) return already;
  try {
    const renewed = sessionClaimsOf(await renew(refreshToken));
    if (!samePerson(renewed, claims))
      throw new CodedError('invalid_token', { detail: { reason: 'subject' } });
    const kept: SessionClaims = { ...renewed, idToken: renewed.idToken ?? claims.idToken };
    if (!(await store.renew(idHash, { claims: kept, expiresAt }))) throw new CodedError('session_not_found');
    return kept;
  } catch (error) {
    if (!(error instanceof CodedError) || error.code === 'session_not_found') throw error;
    if (errorFacts(error.code).http === 503) {
      const stillCounts =
        error.code === 'IDENTITY_PROVIDER_UNAVAILABLE' && Date.parse(claims.rightsUntil) + graceMs > now();
      if (stillCounts) return claims;
      throw error;
    }
    return (await renewedElsewhere(session, store)) ?? (await endRefused(idHash, error, store));
  }
}

function samePerson(a: SessionClaims, b: SessionClaims): boolean {
  const [one, other] = [a.identity.actor, b.identity.actor];
  return one.tenantId === other.tenantId && one.userId === other.userId;
}

/** Another call, or another gateway, may have used the refresh token a moment ago. */
async function renewedElsewhere(session: LiveSession, store: RenewalOptions['store']) {
  const stored = await store.find(session.idHash);
  if (stored === undefined || stored.endedAt !== null) return undefined;
  const claims = sessionClaims.safeParse(stored.claims);
  return claims.success && claims.data.rightsUntil !== session.claims.rightsUntil ? claims.data : undefined;
}

async function endRefused(idHash: string, error: CodedError, store: RenewalOptions['store']): Promise<never> {
  await store.end(idHash);
  const aboutRights = error.code === 'forbidden' || error.code === 'TENANT_UNKNOWN';
  throw aboutRights ? error : new CodedError('session_expired', { cause: error });
}
