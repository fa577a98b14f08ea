import { CodedError } from '#domain/error.ts';
import type { ConfirmRights } from '#governance/person/confirm-rights.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import { newId } from '#platform/new-id.ts';
import { saysNoRights } from '#platform/oidc/meaning.ts';
import type { SessionStore, StoredSession } from '#stores/person/sessions.ts';
import { newCookieValue } from './cookie-value.ts';
import type { SessionClaims } from './session-claims.ts';

/** A session that hasn't ended. */
export interface LiveSession {
  stored: StoredSession;
  claims: SessionClaims;
}

export interface RenewedSession {
  claims: SessionClaims;
  /** Set when the session continues under another cookie value. */
  rotated: { cookie: string; idHash: string } | undefined;
}

interface RenewalOptions {
  store: Pick<SessionStore, 'find' | 'renew' | 'end' | 'rotate'>;
  confirm: Pick<ConfirmRights, 'byGrant'>;
  /** Age in milliseconds at which rights are asked for anew. */
  recheckMs: number;
  nowMs: () => number;
}

/** How long the old cookie still works after a rotation, for calls under way. */
const oldCookieMs = 10_000;

/**
 * Asks for rights anew when they are older than `recheckMs`: a person who lost a group or was locked out loses the
 * session's rights within a minute, not when it ends. While the provider is away, the last ones count. Throws
 * `session_expired`, `session_not_found`, `forbidden`, `TENANT_UNKNOWN`.
 */
export type Renewal = (session: LiveSession) => Promise<RenewedSession>;

export function createRenewal(options: RenewalOptions): Renewal {
  const running = new Map<string, Promise<RenewedSession>>();
  return (session) => {
    const { claims, stored } = session;
    const ageMs = options.nowMs() - Date.parse(claims.confirmedAt);
    // After a clock went back, rights can be from the future; that makes them no fresher.
    if (ageMs >= 0 && ageMs < options.recheckMs) return Promise.resolve({ claims, rotated: undefined });
    const started =
      running.get(stored.idHash) ??
      renewSession(session, options).finally(() => running.delete(stored.idHash));
    running.set(stored.idHash, started);
    return started;
  };
}

async function renewSession(session: LiveSession, options: RenewalOptions): Promise<RenewedSession> {
  const { stored, claims } = session;
  const { confirm, store, nowMs } = options;
  const said = await confirm.byGrant(claims.identity.actor, claims.grantId);
  if (said.kind === 'unknown') return { claims, rotated: undefined };
  if (said.kind === 'refused') {
    await store.end(stored.idHash);
    const { error } = said;
    throw saysNoRights(error) ? error : new CodedError('session_expired', { cause: error });
  }
  const renewed: SessionClaims = {
    ...claims,
    // The time of the sign-in stays: a renewal is no new sign-in.
    identity: { ...said.identity, statedAt: claims.identity.statedAt },
    confirmedAt: new Date(nowMs()).toISOString(),
    idToken: said.idToken ?? claims.idToken,
  };
  const { idHash, expiresAt } = stored;
  if (!(await store.renew(stored, { claims: renewed, expiresAt }))) {
    // Another gateway that did the same may have turned the cookie; the one of before still counts for a moment.
    const left = await store.find(idHash);
    if (left === undefined || left.endedAt !== null) throw new CodedError('session_not_found');
    return { claims: renewed, rotated: undefined };
  }
  const { role, orgUnit } = said.identity.actor;
  const before = claims.identity.actor;
  const isSame = role === before.role && orgUnit === before.orgUnit;
  return {
    claims: renewed,
    rotated: isSame || claims.goesOnAs !== undefined ? undefined : await rotate(stored, renewed, options),
  };
}

/** New rights get a new cookie value: a stolen old one opens nothing with them for long. */
async function rotate(stored: StoredSession, claims: SessionClaims, { store, nowMs }: RenewalOptions) {
  const cookie = newCookieValue();
  const idHash = sha256Hex(cookie);
  const before = {
    id: newId('session'),
    claims: { ...claims, goesOnAs: stored.id },
    endsAt: new Date(nowMs() + oldCookieMs).toISOString(),
  };
  const rotated = await store.rotate(stored, { idHash, claims }, before);
  return rotated ? { cookie, idHash } : undefined;
}
