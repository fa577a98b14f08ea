import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '#domain/actor.ts';
import { actionRunId } from '#domain/ids.ts';
import { createErasePerson, type ErasePerson } from '#governance/erase-person.ts';
import { createLegalHolds, type LegalHolds } from '#governance/legal-holds.ts';
import { preparePolicy } from '#governance/prepare-policy.ts';
import { createRecordEvent } from '#governance/record.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { newId } from '#platform/new-id.ts';
import { asker, auditEntry, newAction, newRequest, plannedRequest } from '../stores/examples.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';

let opened: TestStores;
let erase: ErasePerson;
let holds: LegalHolds;

const admin: Actor = { tenantId: 'acme', userId: 'acme-admin', role: 'enterprise_admin', orgUnit: 'company' };
const now = () => new Date();

beforeAll(async () => {
  opened = await openTestStores();
  const { stores } = opened;
  const recordEvent = createRecordEvent({ ledger: stores.ledger, now });
  erase = createErasePerson({ stores, recordEvent });
  holds = createLegalHolds({ legalHolds: stores.legalHolds, now });
});
afterAll(() => opened.close());

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
  const sealed = { id: newId('grant'), kind: 'bearer', token: 'their token' } as const;
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
  await modelUsage.settle(actor, callId, 7);
}

async function override(by: Actor, itemId: string): Promise<void> {
  const labels = { previous: 'internal', classification: 'restricted' } as const;
  const given = { itemId, orgUnit: '', ...labels, reason: `says ${by.userId}`, by: by.userId };
  await opened.stores.classifications.override('acme', given, async () => {});
}

/** A pending approval of somebody's request, with a vote of the person. */
async function votedOn(requestId: string, userId: string): Promise<string> {
  const { approvals } = opened.stores;
  const digest = 'd'.repeat(64);
  const approvers = { role: 'team_lead', orgUnit: asker.orgUnit } as const;
  const { id } = await approvals.open('acme', {
    id: newId('approval'),
    requestId,
    n: 1,
    runId: actionRunId(requestId, 1),
    round: 1,
    requesterId: asker.userId,
    requesterOrgUnit: asker.orgUnit,
    approvers,
    action: 'github_issue_comment',
    target: 'acme/website#7',
    preview: {},
    classification: 'internal',
    digest,
    reason: 'comments need a human',
    policyApplied: 'pol_1@1',
    decisionId: newId('decision'),
    expiresAt: inAnHour(),
  });
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
  await approvals.recordVote('acme', { claims, keyId: 'v1', signature: 'c2lnbmF0dXJl' });
  return id;
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
  const page = { visibility: { kind: 'tenant' }, limit: 1000 } as const;
  const { entries } = await opened.stores.auditEntries.query('acme', page);
  return [...texts, JSON.stringify([...values.values()]), JSON.stringify(entries)].join('\n');
}

const recordOf = async (erasureId: string) => {
  const page = { visibility: { kind: 'tenant' }, limit: 1000 } as const;
  const { entries } = await opened.stores.auditEntries.query('acme', page);
  return entries.filter(({ metadata }) => metadata['erasure_id'] === erasureId).map(({ outcome }) => outcome);
};

describe('erasing a person', () => {
  it('leaves nothing that names them or that they wrote, in either database', async () => {
    await person('person-one');
    await person('person-two');
    expect(await allThatIsStored()).toContain('person-one');
    const id = await begin('person-one');
    expect(await erase(admin, id)).toMatchObject({
      state: 'done',
      result: {
        rows: { contents: 3, requests: 1, held: 0 },
        auditEntries: 1,
        auditEntriesInClear: 0,
        holds: [],
      },
    });
    const left = await allThatIsStored();
    expect(left).not.toContain('person-one');
    expect(left).toContain('secret words of person-two');
    expect(left).toContain('did person-two');
    expect(await recordOf(id)).toEqual(['success', 'intended']);
  });

  it('says the same when it is asked again, and after a crash before its end', async () => {
    await person('person-three');
    const id = await begin('person-three');
    expect(await begin('person-three')).toBe(id);
    const { erasures } = opened.stores;
    const crashing = createErasePerson({
      stores: {
        ...opened.stores,
        erasures: { ...erasures, finish: () => Promise.reject(new Error('crash')) },
      },
      recordEvent: createRecordEvent({ ledger: opened.stores.ledger, now }),
    });
    await expect(crashing(admin, id)).rejects.toThrow('crash');
    const done = await erase(admin, id);
    expect(done).toMatchObject({
      state: 'done',
      result: { rows: { contents: 3, requests: 1 }, auditEntries: 1 },
    });
    expect(await erase(admin, id)).toEqual(done);
    expect(await allThatIsStored()).not.toContain('person-three');
    expect(await recordOf(id)).toEqual(['success', 'intended']);
  });

  it('waits while a request of theirs is open', async () => {
    const { requests } = opened.stores;
    const { actor } = await person('person-four');
    const { request } = await requests.create(actor, newRequest());
    const id = await begin('person-four');
    expect(await erase(admin, id)).toEqual({ state: 'waiting', openRequests: [request.id] });
    await requests.withdrawUnstarted('acme', request.id, 'person-four');
    expect(await erase(admin, id)).toMatchObject({ state: 'done' });
    expect(await allThatIsStored()).not.toContain('person-four');
  });

  it('waits while a vote of theirs counts for a request of somebody else', async () => {
    const { requests, approvals } = opened.stores;
    const requestId = await plannedRequest(requests);
    await person('person-voting');
    const approvalId = await votedOn(requestId, 'person-voting');
    const id = await begin('person-voting');
    expect(await erase(admin, id)).toEqual({ state: 'waiting', openRequests: [requestId] });
    await approvals.close('acme', approvalId, { state: 'expired', decidedBy: null, reasonRef: null });
    expect(await erase(admin, id)).toMatchObject({ state: 'done', result: { rows: { votes: 1 } } });
    expect(await allThatIsStored()).not.toContain('person-voting');
  });

  it('erases nothing that a hold covers, says which, and goes on when it is released', async () => {
    await person('person-five');
    const hold = await holds.place(admin, { userId: 'person-five', from: null, to: null, reason: 'case 5' });
    const held = await erase(admin, await begin('person-five'));
    expect(held).toMatchObject({
      state: 'done',
      result: { rows: { contents: 0, held: 3 }, auditEntries: 0, holds: [hold] },
    });
    expect(await allThatIsStored()).toContain('secret words of person-five');
    expect(await holds.release(admin, hold, 'settled')).toBe(true);
    expect(await holds.release(admin, hold, 'settled')).toBe(false);
    const after = await erase(admin, await begin('person-five'));
    expect(after).toMatchObject({ result: { rows: { contents: 3, held: 0 }, auditEntries: 1, holds: [] } });
    expect(await allThatIsStored()).not.toContain('secret words of person-five');
  });

  it('erases what lies outside the time of a hold; the key of the entries stays with it', async () => {
    await person('person-six');
    const to = '2020-01-01T00:00:00.000Z';
    const hold = await holds.place(admin, { userId: null, from: null, to, reason: 'old times' });
    const result = await erase(admin, await begin('person-six'));
    expect(result).toMatchObject({
      result: { rows: { contents: 3, held: 0 }, auditEntries: 0, holds: [hold] },
    });
    expect(await opened.stores.subjects.find('acme', 'person-six')).toMatch(/^sub_/);
    await holds.release(admin, hold, 'over');
  });
});

describe('what an erasure does to', () => {
  it('counts of tokens: they stay, under the mark, also when it is done twice under one subject', async () => {
    const { actor } = await person('person-eight');
    const to = '2020-01-01T00:00:00.000Z';
    // A hold of another time keeps the subject, so that both erasures leave the same mark.
    const hold = await holds.place(admin, { userId: null, from: null, to, reason: 'old times' });
    await erase(admin, await begin('person-eight'));
    await useModels(actor, now());
    await erase(admin, await begin('person-eight'));
    await holds.release(admin, hold, 'over');
    const subject = await opened.stores.subjects.find('acme', 'person-eight');
    const counts = await opened.stores.database.inTenant('acme', (tx) =>
      tx.selectFrom('model_usage').selectAll().where('scope', 'like', `%${subject}`).execute(),
    );
    expect(counts).toMatchObject([{ scope: `user:erased:${subject}`, tokens: 14 }]);
    expect(await opened.stores.userData.modelUsage('acme', 'person-eight')).toEqual([]);
  });

  it('counts, calls and labels of a held time: nothing, by the day', async () => {
    const { actor } = await person('person-nine');
    const noon = new Date(`${now().toISOString().slice(0, 10)}T12:00:00.000Z`);
    const from = new Date(noon.getTime() - 86_400_000).toISOString();
    await useModels(actor, new Date(noon.getTime() - 86_400_000));
    await useModels(actor, new Date(noon.getTime() - 2 * 86_400_000));
    const to = new Date(noon.getTime() + 86_400_000).toISOString();
    const hold = await holds.place(admin, { userId: 'person-nine', from, to, reason: 'case 9' });
    await erase(admin, await begin('person-nine'));
    const { userData } = opened.stores;
    const days = (await userData.modelUsage('acme', 'person-nine')).map(({ day }) => day);
    expect(days).toEqual([from.slice(0, 10), noon.toISOString().slice(0, 10)]);
    expect((await userData.modelCalls('acme', 'person-nine', '')).rows).toHaveLength(3);
    expect((await userData.classificationOverrides('acme', 'person-nine', '')).rows).toHaveLength(1);
    await holds.release(admin, hold, 'settled');
  });

  it('policies that they wrote: nothing, since they are signed as they are', async () => {
    await person('person-ten');
    const body = {
      name: 'by a person',
      domain: 'features',
      scope: { level: 'enterprise' },
      status: 'active',
      rules: {},
      change_reason: 'mine',
    };
    const policy = preparePolicy(body, { among: [], by: 'person-ten', at: now() });
    await opened.stores.policies.insert('acme', policy);
    await erase(admin, await begin('person-ten'));
    const left = (await allThatIsStored()).split('\n').filter((row) => row.includes('person-ten'));
    expect(left).toHaveLength(1);
    expect(left[0]).toContain(policy.id);
    expect(await opened.stores.userData.policies('acme', 'person-ten')).toMatchObject([
      { id: policy.id, wrote: true, change_reason: 'mine', tried_on_them: false },
    ]);
  });
});

describe('contents and votes', () => {
  it('change in no other way than by erasure, for their owner and superusers too', async () => {
    await person('person-seven');
    await withAdmin(opened.databases.adminUrl, async (client) => {
      for (const change of [
        `sealed = '\\x01'`,
        `sealed = '\\x00', purpose = 'other'`,
        `sealed = '\\x00', owner_id = 'somebody'`,
        `owner_id = 'erased:sub_1'`,
      ]) {
        const changing = client.query(
          `UPDATE tenant_acme.content SET ${change} WHERE owner_id = 'person-seven'`,
        );
        await expect(changing).rejects.toMatchObject({ code: '23001' });
      }
    });
    const { database } = opened.stores;
    await expect(
      database.inTenant('acme', (tx) => tx.updateTable('content').set({ owner_id: 'x' }).execute()),
    ).rejects.toMatchObject({ code: '42501' });
  });
});
