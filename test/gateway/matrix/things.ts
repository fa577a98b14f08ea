import { randomBytes } from 'node:crypto';
import type { Policy, PolicyScope } from '#domain/policy/policy.ts';
import { newId } from '#platform/new-id.ts';
import type { Stores } from '#stores/open-stores.ts';
import { auditEntry, newApproval, plannedRequest } from '../../support/examples.ts';
import type { MatrixPlace } from './cast.ts';

/** What a route's address can name. */
export const thingKinds = [
  'request',
  'approval',
  'audit_entry',
  'user_policy',
  'team_policy',
  'session',
  'legal_hold',
  'erasure',
  'person',
] as const;

export type ThingKind = (typeof thingKinds)[number];

/** Ids of one place's things, and the words that nobody outside its tenant may ever see. */
export interface Things {
  place: MatrixPlace;
  ids: Record<ThingKind, string>;
  /** Stands in texts of theirs. */
  marker: string;
}

/** Real rows of every kind, as the stores write them. */
export async function makeThings(stores: Stores, place: MatrixPlace): Promise<Things> {
  const { tenantId, userId, orgUnit } = place;
  const actor = { tenantId, userId, orgUnit, role: 'user' as const };
  const marker = `marker-${tenantId}-${randomBytes(6).toString('hex')}`;
  const at = new Date().toISOString();
  await stores.people.seen(tenantId, {
    userId,
    email: `${marker}@example.test`,
    name: marker,
    role: 'user',
    orgUnit,
    statedAt: at,
    issuedAt: at,
  });
  const request = await plannedRequest(stores.requests, undefined, actor);
  const approval = await stores.approvals.open(
    tenantId,
    newApproval(request, {
      requesterId: userId,
      requesterOrgUnit: orgUnit,
      approvers: { role: 'team_lead', orgUnit },
      preview: marker,
      reason: marker,
    }),
  );
  const entry = auditEntry({ tenantId, userId, orgUnit, actionDetail: marker });
  await stores.ledger.record(tenantId, { decision: null, entries: [entry], dedupeKey: null });
  return {
    place,
    marker,
    ids: {
      request,
      approval: approval.id,
      audit_entry: entry.id,
      user_policy: await putPolicy(stores, place, { level: 'user', userId, orgUnit }),
      team_policy: await putPolicy(stores, place, { level: 'team', userId: null, orgUnit }),
      session: await openSession(stores, place, marker),
      legal_hold: await placeHold(stores, place, marker),
      erasure: await beginErasure(stores, place, marker),
      person: userId,
    },
  };

  async function putPolicy(into: Stores, of: MatrixPlace, scope: PolicyScope): Promise<string> {
    const policy: Policy = {
      id: newId('policy'),
      name: marker,
      domain: 'features',
      scope,
      version: 1,
      status: 'draft',
      rules: {},
      mayGrant: null,
      changeReason: 'matrix',
      createdBy: of.userId,
      createdAt: at,
    };
    await into.policies.insert(of.tenantId, policy);
    return policy.id;
  }
}

/** A browser session of the place's person; its id. */
export async function openSession(
  stores: Stores,
  { tenantId, userId, orgUnit }: MatrixPlace,
  marker: string,
): Promise<string> {
  const actor = { tenantId, userId, orgUnit, role: 'user' as const };
  const at = new Date().toISOString();
  const id = newId('session');
  await stores.sessions.open({
    id,
    kind: 'session',
    providerSession: null,
    idHash: randomBytes(32).toString('hex'),
    tenantId: actor.tenantId,
    userId: actor.userId,
    claims: {
      kind: 'session',
      identity: { actor, email: null, name: marker, statedAt: at, issuedAt: at },
      confirmedAt: at,
      grantId: 'none',
      idToken: null,
      browser: marker,
    },
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  });
  return id;
}

async function placeHold(
  stores: Stores,
  { tenantId, userId, orgUnit }: MatrixPlace,
  marker: string,
): Promise<string> {
  const id = newId('hold');
  const hold = { id, userId, from: null, to: null, reason: marker };
  const entry = auditEntry({ tenantId, userId, orgUnit, actionDetail: marker });
  await stores.legalHolds.place(tenantId, hold, entry);
  return id;
}

async function beginErasure(
  stores: Stores,
  { tenantId, userId }: MatrixPlace,
  marker: string,
): Promise<string> {
  const reason = {
    tenantId,
    purpose: 'decision_reason',
    ownerId: userId,
    value: marker,
    classification: 'internal',
  } as const;
  const { id } = await stores.erasures.begin(tenantId, {
    userId: marker,
    subject: null,
    requestedBy: userId,
    reasonRef: await stores.content.save(reason),
  });
  return id;
}
