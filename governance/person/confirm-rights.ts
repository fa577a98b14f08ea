import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError, type ErrorCode } from '#domain/error.ts';
import type { Identity } from '#platform/oidc/actor-from-claims.ts';
import type { AskProvider } from '#platform/oidc/ask-provider.ts';
import { isOddAnswer, saysNoRights } from '#platform/oidc/meaning.ts';
import type { GrantKind, GrantStore } from '#stores/person/grants.ts';
import type { PeopleStore, PersonRights } from '#stores/person/people.ts';
import type { RecordEvent } from '../record.ts';
import { type LeasedToken, renewRefreshToken } from './renew-refresh-token.ts';
import { withdrawRights } from './withdraw-rights.ts';

/** What the identity provider says of a person at this moment. */
export type Confirmation =
  | { kind: 'confirmed'; identity: Identity; idToken: string | null }
  /** It has ended the grant, or gives the person no rights. */
  | { kind: 'refused'; error: CodedError }
  /**
   * It said nothing about the person. `mayAsk`: with this grant; another may still be asked with. Else it is away, or
   * another process is asking and doesn't finish.
   */
  | { kind: 'unknown'; mayAsk: boolean };

export interface ConfirmRights {
  /** Asks with one grant; several callers at the same time ask once. */
  byGrant(person: { tenantId: string; userId: string }, grantId: string): Promise<Confirmation>;
  /**
   * Brings a person's last-seen rights up to date if the provider accepts one of their grants. Where it accepts none, or
   * none is left, they stay as last seen: a sign-in that is over says nothing about a role.
   */
  ofPerson(tenantId: string, userId: string): Promise<void>;
}

export interface ConfirmRightsOptions {
  people: PeopleStore;
  grants: GrantStore;
  ask: AskProvider;
  recordEvent: RecordEvent;
  now: () => Date;
  /** Rights confirmed less than this many milliseconds ago are not asked for again. */
  recheckMs: number;
}

const leaseMs = 15_000;
const patienceMs = 6_000;
const pollMs = 100;

export function createConfirmRights(options: ConfirmRightsOptions): ConfirmRights {
  const { people, grants } = options;
  const running = new Map<string, Promise<Confirmation>>();

  const byGrant: ConfirmRights['byGrant'] = (person, grantId) => {
    const key = `${person.tenantId}|${grantId}`;
    const asked =
      running.get(key) ?? confirmByGrant(options, person, grantId).finally(() => running.delete(key));
    running.set(key, asked);
    return asked;
  };

  return {
    byGrant,
    async ofPerson(tenantId, userId) {
      const known = await people.rights(tenantId, userId);
      if (known === undefined || isFresh(options, known)) return;
      for (const { id } of await grants.ofPerson(tenantId, userId)) {
        const said = await byGrant({ tenantId, userId }, id);
        if (settlesRights(said)) return;
      }
    },
  };
}

/** Is there nothing to be learned from the person's other grants? */
function settlesRights(said: Confirmation): boolean {
  switch (said.kind) {
    case 'confirmed':
      return true;
    case 'refused':
      return saysNoRights(said.error);
    case 'unknown':
      return !said.mayAsk;
  }
}

/** Were the rights confirmed recently enough? */
function isFresh(options: ConfirmRightsOptions, { confirmedAt }: PersonRights): boolean {
  return confirmedAt !== null && isRecent(options, confirmedAt);
}

function isRecent({ now, recheckMs }: ConfirmRightsOptions, at: string): boolean {
  return now().getTime() - Date.parse(at) < recheckMs;
}

type Person = Parameters<ConfirmRights['byGrant']>[0];

async function confirmByGrant(
  options: ConfirmRightsOptions,
  person: Person,
  grantId: string,
): Promise<Confirmation> {
  const name = randomBytes(12).toString('hex');
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const leased = await leaseOf(options, person, { grantId, name });
    // Only this grant is of no use.
    if (leased === undefined) return { kind: 'unknown', mayAsk: true };
    if (leased.status === 'gone') return { kind: 'refused', error: new CodedError('session_expired') };
    const known = await options.people.rights(person.tenantId, person.userId);
    const isKnown = known !== undefined && known.withdrawnAt === null && isFresh(options, known);
    if (leased.status === 'leased') {
      // Another process has just asked with it.
      if (!isKnown || !isRecent(options, leased.usedAt)) {
        return askWith(options, person, { grantId, name, ...leased });
      }
      await options.grants.endLease(person.tenantId, grantId, { name });
    }
    if (isKnown) return { kind: 'confirmed', identity: identityOf(known), idToken: null };
    if (performance.now() > giveUpAt) return { kind: 'unknown', mayAsk: false };
    await sleep(pollMs);
  }
}

/** `undefined` where the grant can't be opened. */
async function leaseOf(
  { grants }: ConfirmRightsOptions,
  person: Person,
  { grantId, name }: { grantId: string; name: string },
) {
  try {
    return await grants.lease(person.tenantId, grantId, { name, ms: leaseMs });
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== 'CONTENT_UNREADABLE') throw error;
    await grants.endLease(person.tenantId, grantId, { name });
    return undefined;
  }
}

interface Lease extends LeasedToken {
  kind: GrantKind;
}

async function askWith(options: ConfirmRightsOptions, person: Person, lease: Lease): Promise<Confirmation> {
  const { grants, people, now } = options;
  const { tenantId, userId } = person;
  const { grantId, name } = lease;
  const at = now().toISOString();
  try {
    const { identity, idToken } = await identityNow(options, person, lease);
    if (identity === undefined) {
      await grants.endLease(tenantId, grantId, { name });
      return { kind: 'unknown', mayAsk: true };
    }
    const { actor, ...stated } = identity;
    // The person has gone to another tenant, and is nobody in this one.
    if (actor.tenantId !== tenantId) throw new CodedError('TENANT_UNKNOWN');
    const { role, orgUnit } = actor;
    await people.confirmed(tenantId, { userId, role, orgUnit, ...stated }, at);
    return { kind: 'confirmed', identity, idToken };
  } catch (error) {
    if (!(error instanceof CodedError) || !refusals.includes(error.code)) {
      // No answer about the person. If even this fails, the lease expires by itself.
      await grants.endLease(tenantId, grantId, { name }).catch(() => undefined);
      if (error instanceof CodedError && error.code === 'IDENTITY_PROVIDER_UNAVAILABLE')
        return { kind: 'unknown', mayAsk: isOddAnswer(error) };
      throw error;
    }
    if (saysNoRights(error)) {
      await grants.endLease(tenantId, grantId, { name });
      await withdrawRights(options, person);
    } else await grants.remove(tenantId, grantId);
    return { kind: 'refused', error };
  }
}

async function identityNow(options: ConfirmRightsOptions, person: Person, lease: Lease) {
  const { tenantId } = person;
  if (lease.kind === 'refresh') return renewRefreshToken(options, person, lease);
  const usedAt = options.now().toISOString();
  const { grantId, name, token } = lease;
  const identity = await options.ask.rightsOf(token);
  if (identity !== undefined)
    await options.grants.endLease(tenantId, grantId, { name, next: { token, usedAt } });
  return { identity, idToken: null };
}

/** Answers of the provider that are about the grant or its person. */
const refusals: readonly ErrorCode[] = [
  'token_exchange_failed',
  'invalid_token',
  'forbidden',
  'TENANT_UNKNOWN',
];

function identityOf({ tenantId, userId, role, orgUnit, ...known }: PersonRights): Identity {
  const { email, name, statedAt, confirmedAt } = known;
  const actor = { tenantId, userId, role, orgUnit };
  return { actor, email, name, statedAt, issuedAt: confirmedAt ?? statedAt };
}
