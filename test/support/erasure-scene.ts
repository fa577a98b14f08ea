import type { SignedVote } from '#domain/approval/approval.ts';
import type { Actor } from '#domain/person/actor.ts';
import { createErasePerson } from '#governance/person/erase.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { newId } from '#platform/new-id.ts';
import type { Stores } from '#stores/open-stores.ts';
import { entriesOf } from './audit-entries.ts';
import { asker, auditEntry, newAction, newApproval, newRequest } from './examples.ts';
import type { TestStores } from './open-test-stores.ts';
import { recordEventIn } from './record-event.ts';

export const admin: Actor = {
  tenantId: 'acme',
  userId: 'acme-admin',
  role: 'enterprise_admin',
  orgUnit: 'company',
};

const now = () => new Date();

/** People to be erased, and a look at everything that is stored. */
export function erasureScene(opened: TestStores) {
  const recordEvent = recordEventIn(opened.stores, now);
  /** An erasure that goes wrong somewhere, or during which something happens. */
  const eraseWith = (changed: Partial<Stores>) =>
    createErasePerson({ stores: { ...opened.stores, ...changed }, recordEvent });

  /** A person with a request that has ended, an entry on record and a name among the people. */
  async function person(userId: string): Promise<{ actor: Actor; requestId: string }> {
    const { requests, people, ledger } = opened.stores;
    const actor: Actor = { tenantId: 'acme', userId, role: 'user', orgUnit: 'engineering' };
    const { request } = await requests.create(actor, newRequest({ text: `secret words of ${userId}` }));
    await requests.savePlan(actor, request.id, {
      planner: 'p',
      actions: [newAction({ target: `${userId}#7` })],
    });
    await requests.finishAction('acme', { requestId: request.id, n: 1, sending: 1, state: 'denied' });
    const statedAt = now().toISOString();
    const name = `Name of ${userId}`;
    await people.seen('acme', { ...actor, email: `${userId}@x.org`, name, statedAt, issuedAt: statedAt });
    await ledger.record('acme', {
      decision: null,
      entries: [auditEntry({ userId, requestId: request.id, actionDetail: `did ${userId}` })],
      dedupeKey: null,
    });
    await useModels(actor, now());
    await override(actor, `github:acme/website#${request.id}`);
    const sealed = {
      id: newId('grant'),
      kind: 'bearer',
      token: 'their token',
      providerSession: null,
      offline: false,
    } as const;
    await opened.stores.grants.keep('acme', { userId, ...sealed, expiresAt: inAnHour() });
    return { actor, requestId: request.id };
  }

  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

  /** A call of a model, done, with 7 tokens. */
  async function useModels(actor: Actor, at: Date): Promise<void> {
    const { modelUsage } = opened.stores;
    const day = at.toISOString().slice(0, 10);
    const callId = newId('request');
    await modelUsage.reserve(actor, { callId, day, tokens: 10, limits: [] });
    await modelUsage.recordUse(actor, callId, 7);
  }

  async function override(by: Actor, itemId: string): Promise<void> {
    const labels = { previous: 'internal', classification: 'restricted' } as const;
    const given = { itemId, orgUnit: '', ...labels, reason: `says ${by.userId}`, by: by.userId };
    await opened.stores.classifications.override('acme', given, async () => {});
  }

  /** A pending approval of somebody's request, with a vote of the person. */
  async function votedOn(requestId: string, userId: string): Promise<string> {
    const { id, vote } = await votingOn(requestId, userId);
    await opened.stores.approvals.recordVote('acme', vote);
    return id;
  }

  /** The same, with the vote not on record yet. */
  async function votingOn(requestId: string, userId: string): Promise<{ id: string; vote: SignedVote }> {
    const { approvals } = opened.stores;
    const digest = 'd'.repeat(64);
    const approvers = { role: 'team_lead', orgUnit: asker.orgUnit } as const;
    const { id } = await approvals.open('acme', newApproval(requestId, { digest }));
    const at = now().toISOString();
    const whose = { tenantId: 'acme', userId, ...approvers, reasonRef: null, at };
    const claims = {
      voteId: newId('vote'),
      approvalId: id,
      round: 1,
      choice: 'approve',
      digest,
      ...whose,
    } as const;
    return { id, vote: { claims, keyId: 'v1', signature: 'c2lnbmF0dXJl' } };
  }

  async function begin(userId: string): Promise<string> {
    const { content, erasures, subjects } = opened.stores;
    const reasonRef = await content.save({
      tenantId: 'acme',
      ownerId: admin.userId,
      purpose: 'decision_reason',
      classification: 'internal',
      value: 'they asked',
    });
    const subject = (await subjects.find('acme', userId)) ?? null;
    const requestedBy = (await subjects.ensure('acme', [admin.userId])).get(admin.userId)?.subject ?? '';
    return (await erasures.begin('acme', { userId, subject, requestedBy, reasonRef })).id;
  }

  /** Every row of the tenant and of the audit database, and all contents opened. */
  async function allThatIsStored(): Promise<string> {
    const texts: string[] = [];
    for (const [url, schemas] of [
      [opened.databases.adminUrl, ['tenant_acme', 'openclaw']],
      [opened.databases.auditAdminUrl, ['ledger']],
    ] as const) {
      await withAdmin(url, async (client) => {
        const { rows: tables } = await client.query<{ name: string }>(
          `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = ANY($1)`,
          [schemas],
        );
        for (const { name } of tables) {
          const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
          texts.push(...rows.map(({ row }) => row));
        }
      });
    }
    const refs = await opened.stores.database.inTenant('acme', (tx) =>
      tx.selectFrom('content').select('id').execute(),
    );
    const values = await opened.stores.content.getAll(
      'acme',
      refs.map(({ id }) => id),
    );
    const entries = await entriesOf(opened.stores, 'acme');
    return [...texts, JSON.stringify([...values.values()]), JSON.stringify(entries)].join('\n');
  }

  const recordOf = async (erasureId: string) => {
    const entries = await entriesOf(opened.stores, 'acme');
    return entries
      .filter(({ metadata }) => metadata['erasure_id'] === erasureId)
      .map(({ outcome }) => outcome);
  };

  return {
    erase: eraseWith({}),
    eraseWith,
    person,
    useModels,
    votedOn,
    votingOn,
    begin,
    allThatIsStored,
    recordOf,
  };
}
