import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLegalHolds, type LegalHolds } from '#governance/person/legal-holds.ts';
import { parseNewPolicy } from '#governance/policy/change/parse-new-policy.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { admin, erasureScene } from '../../support/erasure-scene.ts';
import { newRequest, plannedRequest } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;
let scene: ReturnType<typeof erasureScene>;
let holds: LegalHolds;

const now = () => new Date();

beforeAll(async () => {
  opened = await openTestStores();
  scene = erasureScene(opened);
  holds = createLegalHolds({ legalHolds: opened.stores.legalHolds, now });
});
afterAll(() => opened.close());

describe('erasing a person', () => {
  it('leaves nothing that names them or that they wrote, in either database', async () => {
    await scene.person('person-one');
    await scene.person('person-two');
    expect(await scene.allThatIsStored()).toContain('person-one');
    const id = await scene.begin('person-one');
    expect(await scene.erase(admin, id)).toMatchObject({
      state: 'done',
      result: {
        rows: { contents: 3, requests: 1, held: 0 },
        auditEntries: 1,
        auditEntriesInClear: 0,
        holds: [],
      },
    });
    const left = await scene.allThatIsStored();
    expect(left).not.toContain('person-one');
    expect(left).toContain('secret words of person-two');
    expect(left).toContain('did person-two');
    expect(await scene.recordOf(id)).toEqual(['success', 'intended', 'intended']);
  });

  it('says the same when it is asked again, and after a crash before its end', async () => {
    await scene.person('person-three');
    const id = await scene.begin('person-three');
    expect(await scene.begin('person-three')).toBe(id);
    const { erasures } = opened.stores;
    const crashing = scene.eraseWith({
      erasures: { ...erasures, finish: () => Promise.reject(new Error('crash')) },
    });
    await expect(crashing(admin, id)).rejects.toThrow('crash');
    const done = await scene.erase(admin, id);
    expect(done).toMatchObject({
      state: 'done',
      result: { rows: { contents: 3, requests: 1 }, auditEntries: 1 },
    });
    expect(await scene.erase(admin, id)).toEqual(done);
    expect(await scene.allThatIsStored()).not.toContain('person-three');
    expect(await scene.recordOf(id)).toEqual(['success', 'intended', 'intended']);
  });

  it('waits while a request of theirs is open', async () => {
    const { requests } = opened.stores;
    const { actor } = await scene.person('person-four');
    const { request } = await requests.create(actor, newRequest());
    const id = await scene.begin('person-four');
    expect(await scene.erase(admin, id)).toEqual({ state: 'waiting', openRequests: [request.id] });
    await requests.withdrawUnstarted('acme', request.id, 'person-four');
    expect(await scene.erase(admin, id)).toMatchObject({ state: 'done' });
    expect(await scene.allThatIsStored()).not.toContain('person-four');
  });

  it('waits while a vote of theirs counts for a request of somebody else', async () => {
    const { requests, approvals } = opened.stores;
    const requestId = await plannedRequest(requests);
    await scene.person('person-voting');
    const approvalId = await scene.votedOn(requestId, 'person-voting');
    const id = await scene.begin('person-voting');
    expect(await scene.erase(admin, id)).toEqual({ state: 'waiting', openRequests: [requestId] });
    await approvals.close('acme', approvalId, { state: 'stale' });
    expect(await scene.erase(admin, id)).toMatchObject({ state: 'done', result: { rows: { votes: 1 } } });
    expect(await scene.allThatIsStored()).not.toContain('person-voting');
  });

  it('erases nothing that a hold covers, says which, and goes on when it is released', async () => {
    await scene.person('person-five');
    const hold = await holds.place(admin, { userId: 'person-five', from: null, to: null, reason: 'case 5' });
    const held = await scene.erase(admin, await scene.begin('person-five'));
    expect(held).toMatchObject({
      state: 'done',
      result: { rows: { contents: 0, held: 3 }, auditEntries: 0, holds: [hold] },
    });
    expect(await scene.allThatIsStored()).toContain('secret words of person-five');
    expect(await holds.release(admin, hold, 'settled')).toBe(true);
    expect(await holds.release(admin, hold, 'settled')).toBe(false);
    const after = await scene.erase(admin, await scene.begin('person-five'));
    expect(after).toMatchObject({ result: { rows: { contents: 3, held: 0 }, auditEntries: 1, holds: [] } });
    expect(await scene.allThatIsStored()).not.toContain('secret words of person-five');
  });

  it('erases what lies outside the time of a hold; the key of the entries stays with it', async () => {
    await scene.person('person-six');
    const to = '2020-01-01T00:00:00.000Z';
    const hold = await holds.place(admin, { userId: null, from: null, to, reason: 'old times' });
    const result = await scene.erase(admin, await scene.begin('person-six'));
    expect(result).toMatchObject({
      result: { rows: { contents: 3, held: 0 }, auditEntries: 0, holds: [hold] },
    });
    expect(await opened.stores.subjects.find('acme', 'person-six')).toMatch(/^sub_/);
    await holds.release(admin, hold, 'over');
  });
});

describe('what an erasure does to', () => {
  it('counts of tokens: they stay, under the mark, also when it is done twice under one subject', async () => {
    const { actor } = await scene.person('person-eight');
    const to = '2020-01-01T00:00:00.000Z';
    // A hold of another time keeps the subject, so that both erasures leave the same mark.
    const hold = await holds.place(admin, { userId: null, from: null, to, reason: 'old times' });
    await scene.erase(admin, await scene.begin('person-eight'));
    await scene.useModels(actor, now());
    await scene.erase(admin, await scene.begin('person-eight'));
    await holds.release(admin, hold, 'over');
    const subject = await opened.stores.subjects.find('acme', 'person-eight');
    const counts = await opened.stores.database.inTenant('acme', (tx) =>
      tx.selectFrom('model_usage').selectAll().where('scope', 'like', `%${subject}`).execute(),
    );
    expect(counts).toMatchObject([{ scope: `user:erased:${subject}`, tokens: 14 }]);
    expect(await opened.stores.userData.modelUsage('acme', 'person-eight')).toEqual([]);
  });

  it('counts, calls and labels of a held time: nothing, by the day', async () => {
    const { actor } = await scene.person('person-nine');
    const noon = new Date(`${now().toISOString().slice(0, 10)}T12:00:00.000Z`);
    const from = new Date(noon.getTime() - 86_400_000).toISOString();
    await scene.useModels(actor, new Date(noon.getTime() - 86_400_000));
    await scene.useModels(actor, new Date(noon.getTime() - 2 * 86_400_000));
    const to = new Date(noon.getTime() + 86_400_000).toISOString();
    const hold = await holds.place(admin, { userId: 'person-nine', from, to, reason: 'case 9' });
    await scene.erase(admin, await scene.begin('person-nine'));
    const { userData } = opened.stores;
    const days = (await userData.modelUsage('acme', 'person-nine')).map(({ day }) => day);
    expect(days).toEqual([from.slice(0, 10), noon.toISOString().slice(0, 10)]);
    expect((await userData.modelCalls('acme', 'person-nine', '')).rows).toHaveLength(3);
    expect((await userData.classificationOverrides('acme', 'person-nine', '')).rows).toHaveLength(1);
    await holds.release(admin, hold, 'settled');
  });

  it('policies that they wrote: nothing, since they are signed as they are', async () => {
    await scene.person('person-ten');
    const body = {
      name: 'by a person',
      domain: 'features',
      scope: { level: 'enterprise' },
      status: 'active',
      rules: {},
      change_reason: 'mine',
    };
    const policy = parseNewPolicy(body, { among: [], by: 'person-ten', at: now() });
    await opened.stores.policies.insert('acme', policy);
    await scene.erase(admin, await scene.begin('person-ten'));
    const left = (await scene.allThatIsStored()).split('\n').filter((row) => row.includes('person-ten'));
    expect(left).toHaveLength(1);
    expect(left[0]).toContain(policy.id);
    expect(await opened.stores.userData.policies('acme', 'person-ten')).toMatchObject([
      { id: policy.id, wrote: true, change_reason: 'mine', tried_on_them: false },
    ]);
  });
});

describe('contents and votes', () => {
  it('change in no other way than by erasure, for their owner and superusers too', async () => {
    await scene.person('person-seven');
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
