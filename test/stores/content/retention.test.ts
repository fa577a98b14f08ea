import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '#domain/person/actor.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { newId } from '#platform/new-id.ts';
import type { ContentRetentionStore } from '#stores/content/retention.ts';
import type { HeldPerson } from '#stores/person/legal-holds.ts';
import { agedDays, agedHours } from '../../support/aged.ts';
import { lead, signIn } from '../../support/cast.ts';
import { asker, auditEntry, effect, newAction, newApproval, newRequest } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;
let store: ContentRetentionStore;

beforeAll(async () => {
  opened = await openTestStores();
  store = opened.stores.contentRetention;
  await signIn(opened.stores, lead);
});
afterAll(() => opened.close());

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
const past = (days: number, held: readonly HeldPerson[] = []) => ({ before: daysAgo(days), held });

/** A unit of its own for each test, so that they see nothing of each other. */
let count = 0;
function somebody(): Actor {
  count += 1;
  return { ...asker, userId: `asker-${count}`, orgUnit: `unit-${count}` };
}

/** A request that was approved with a reason, sent and done; with every kind of content. */
async function doneRequest(actor: Actor, reads: 'read' | 'write' = 'write'): Promise<string> {
  const { requests, approvals, content } = opened.stores;
  const { request } = await requests.create(actor, newRequest());
  const { id } = request;
  await requests.savePlan(actor, id, { planner: 'p', actions: [newAction({ effect: reads })] });
  const approval = await approvals.open(
    'acme',
    newApproval(id, {
      requesterId: actor.userId,
      requesterOrgUnit: actor.orgUnit,
      approvers: { role: 'team_lead', orgUnit: actor.orgUnit },
    }),
  );
  const reasonRef = await content.save({
    tenantId: 'acme',
    ownerId: lead.userId,
    purpose: 'decision_reason',
    classification: 'internal',
    value: 'go on',
  });
  const claims = {
    voteId: newId('vote'),
    tenantId: 'acme',
    approvalId: approval.id,
    round: 1,
    choice: 'approve',
    digest: approval.digest,
    userId: lead.userId,
    role: lead.role,
    orgUnit: lead.orgUnit,
    reasonRef,
    at: new Date().toISOString(),
  } as const;
  await approvals.recordVote('acme', { claims, keyId: 'v1', signature: 'c2lnbmF0dXJl' });
  await approvals.close('acme', approval.id, { state: 'approved', decidedBy: lead.userId, reasonRef });
  await requests.finishAction('acme', { requestId: id, n: 1, sending: 1, state: 'done', result: ['it'] });
  return id;
}

const ended = async (actor: Actor, days: number, held: readonly HeldPerson[] = []) =>
  (await store.endedRequests('acme', { units: [actor.orgUnit], ...past(days, held), after: '', limit: 10 }))
    .requests;
const idsOf = async (...args: Parameters<typeof ended>) => (await ended(...args)).map(({ id }) => id);

/** Every content that belongs to a request, opened, by purpose. */
async function contentsOf(requestId: string): Promise<Record<string, unknown>> {
  const { rows } = await withAdmin(opened.databases.adminUrl, async (client) => {
    await client.query('SET search_path = tenant_acme');
    return client.query<{ id: string; purpose: string }>(
      `SELECT c.id, c.purpose FROM content c WHERE c.id IN (
        SELECT text_ref FROM requests WHERE id = $1
        UNION SELECT unnest(ARRAY[input_ref, result_ref]) FROM request_actions WHERE request_id = $1
        UNION SELECT unnest(ARRAY[preview_ref, decision_reason_ref]) FROM approvals WHERE request_id = $1)`,
      [requestId],
    );
  });
  const values = await opened.stores.content.getAll(
    'acme',
    rows.map(({ id }) => id),
  );
  return Object.fromEntries(rows.map(({ id, purpose }) => [purpose, values.get(id)]));
}

describe('contents of a request', () => {
  it('go, every kind of them, once it ended before the time, and once only', async () => {
    const actor = somebody();
    const id = await doneRequest(actor);
    await agedDays(opened, id, 10);
    expect(await idsOf(actor, 11)).toEqual([]);
    expect(await ended(actor, 9)).toEqual([{ id, runs: [`${id}/1`] }]);
    expect(await store.units('acme')).toContain(actor.orgUnit);
    expect(Object.values(await contentsOf(id))).not.toContain('(erased)');

    expect(await store.deleteOf('acme', [id], past(9))).toEqual({ requests: 1, contents: 5 });
    const erased = '(erased)';
    expect(await contentsOf(id)).toEqual({
      request_text: erased,
      action_input: erased,
      action_result: erased,
      approval_preview: erased,
      decision_reason: erased,
    });
    expect(await store.deleteOf('acme', [id], past(9))).toEqual({ requests: 0, contents: 0 });
    expect(await idsOf(actor, 9)).toEqual([]);
    expect(await store.units('acme')).not.toContain(actor.orgUnit);
    expect(await opened.stores.requests.get('acme', id)).toMatchObject({
      state: 'answered',
      userId: actor.userId,
    });
  });

  it('stay when the end was later than asked for, whatever ids are given', async () => {
    const actor = somebody();
    const id = await doneRequest(actor);
    await agedDays(opened, id, 5);
    expect(await store.deleteOf('acme', [id, 'req_none'], past(6))).toEqual({ requests: 0, contents: 0 });
    await expect(store.deleteOf('acme', [id], past(0))).rejects.toThrow('stays for a day');
    await expect(store.deleteReasons('acme', [], past(0))).rejects.toThrow('stays for a day');
  });

  it.each([
    ['the request is not over', `UPDATE requests SET state = 'queued', finished_at = NULL WHERE id = $1`],
    ['an action waits', `UPDATE request_actions SET state = 'waiting_approval' WHERE request_id = $1`],
    ['an outcome is unknown', `UPDATE request_actions SET state = 'outcome_unknown' WHERE request_id = $1`],
    ['an approval is open', `UPDATE approvals SET state = 'pending' WHERE request_id = $1`],
  ])('stay while %s', async (_what, change) => {
    const actor = somebody();
    const id = await doneRequest(actor);
    await agedDays(opened, id, 10);
    await withAdmin(opened.databases.adminUrl, async (client) => {
      await client.query('SET search_path = tenant_acme');
      await client.query(change, [id]);
    });
    expect(await idsOf(actor, 9)).toEqual([]);
    expect(await store.deleteOf('acme', [id], past(9))).toEqual({ requests: 0, contents: 0 });
  });

  it('stay under a hold on who asked, on who voted and on everybody, of that time', async () => {
    const actor = somebody();
    const id = await doneRequest(actor);
    await agedDays(opened, id, 10);
    const hold = (userId: string | null, from: string | null = null, to: string | null = null) => [
      { userId, from, to },
    ];
    for (const held of [
      hold(actor.userId),
      hold(lead.userId),
      hold(null),
      hold(null, daysAgo(11), daysAgo(9)),
      hold(actor.userId, null, daysAgo(5)),
    ]) {
      expect(await idsOf(actor, 9, held)).toEqual([]);
      expect(await store.deleteOf('acme', [id], past(9, held))).toEqual({ requests: 0, contents: 0 });
    }
    for (const held of [hold('somebody else'), hold(null, daysAgo(9)), hold(null, null, daysAgo(11))]) {
      expect(await idsOf(actor, 9, held)).toEqual([id]);
    }
  });

  it('are told apart by unit, and come page by page', async () => {
    const [one, other] = [somebody(), somebody()];
    const ids = [await doneRequest(one), await doneRequest(one), await doneRequest(other)];
    for (const id of ids) await agedDays(opened, id, 10);
    const seen: string[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const asked: Parameters<typeof store.endedRequests>[1] = {
        units: [one.orgUnit],
        ...past(9),
        after,
        limit: 1,
      };
      const page = await store.endedRequests('acme', asked);
      seen.push(...page.requests.map(({ id }) => id));
      after = page.after;
    }
    expect(seen).toEqual(ids.slice(0, 2).toSorted());
  });

  it('are nobody’s to delete otherwise, and of one tenant only', async () => {
    const id = await doneRequest(somebody());
    await agedDays(opened, id, 10);
    expect(await store.deleteOf('globex', [id], past(9))).toEqual({ requests: 0, contents: 0 });
    const { database } = opened.stores;
    for (const table of ['content', 'requests'] as const) {
      const deleting = database.inTenant('acme', (tx) => tx.deleteFrom(table).execute());
      await expect(deleting).rejects.toMatchObject({ code: '42501' });
    }
    const marking = database.inTenant('acme', (tx) =>
      tx
        .updateTable('requests')
        .set({ content_deleted_at: daysAgo(0) })
        .execute(),
    );
    await expect(marking).rejects.toMatchObject({ code: '42501' });
  });
});

describe('the database itself', () => {
  const asAdmin = (statement: string, values: unknown[]) =>
    withAdmin(opened.databases.adminUrl, async (client) => {
      await client.query('SET search_path = tenant_acme');
      return client.query<{ reason_ref: string }>(statement, values);
    });
  const textOf = `(SELECT text_ref FROM requests WHERE id = $2)`;

  it('keeps a content that is younger than asked for, and looks at its request again', async () => {
    const id = await doneRequest(somebody());
    await agedDays(opened, id, 10);
    await agedHours(opened, 0);
    expect(await store.deleteOf('acme', [id], past(9))).toEqual({ requests: 0, contents: 0 });
    await agedDays(opened, id, 10);
    expect(await store.deleteOf('acme', [id], past(9))).toEqual({ requests: 1, contents: 5 });
  });

  it.each([
    ['is not over', `state = 'running', finished_at = NULL`, false],
    ['ended later than asked for', `finished_at = now() - interval '8 days'`, false],
    ['is held', `updated_at = now()`, true],
  ])('keeps a content that a request names too which %s', async (_what, change, isHeld) => {
    const owner = somebody();
    const held = isHeld ? [{ userId: owner.userId, from: null, to: null }] : [];
    const [mine, other] = [await doneRequest(somebody()), await doneRequest(owner)];
    for (const id of [mine, other]) await agedDays(opened, id, 10);
    await asAdmin(`UPDATE requests SET ${change} WHERE id = $1`, [other]);
    await asAdmin(`UPDATE request_actions SET result_ref = ${textOf} WHERE request_id = $1`, [mine, other]);
    expect(await store.deleteOf('acme', [mine], past(9, held))).toEqual({ requests: 0, contents: 4 });
    expect(await opened.stores.requests.text('acme', other)).toBe('list the open issues');
    await agedDays(opened, other, 10);
    await asAdmin(`UPDATE requests SET state = 'answered' WHERE id = $1`, [other]);
    expect(await store.deleteOf('acme', [mine], past(9))).toEqual({ requests: 1, contents: 1 });
  });

  it('keeps the reason of an erasure and of a label, whichever request names it', async () => {
    const { content, erasures, classifications } = opened.stores;
    const reason = { purpose: 'decision_reason', classification: 'internal', value: 'why' } as const;
    const reasonRef = await content.save({ tenantId: 'acme', ownerId: 'admin', ...reason });
    await erasures.begin('acme', { userId: 'y', subject: null, requestedBy: 'sub_x', reasonRef });
    const labels = { previous: 'internal', classification: 'restricted' } as const;
    const label = { itemId: 'github:a/b#2', orgUnit: '', ...labels, reason: 'why', by: 'admin' };
    await classifications.override('acme', label, async () => {});
    const { rows } = await asAdmin('SELECT reason_ref FROM classification_overrides WHERE item_id = $1', [
      label.itemId,
    ]);
    for (const ref of [reasonRef, rows[0]?.reason_ref ?? '']) {
      const id = await doneRequest(somebody());
      await asAdmin('UPDATE request_actions SET result_ref = $2 WHERE request_id = $1', [id, ref]);
      await agedDays(opened, id, 10);
      expect(await store.deleteOf('acme', [id], past(9))).toEqual({ requests: 0, contents: 4 });
      expect((await content.getAll('acme', [ref])).get(ref)).toBe('why');
    }
  });

  it('takes for the result of a read what is one, and none of a write', async () => {
    const [reader, writer] = [somebody(), somebody()];
    const [text, result] = [await doneRequest(reader, 'read'), await doneRequest(reader, 'read')];
    const write = await doneRequest(writer);
    await asAdmin(`UPDATE request_actions SET result_ref = ${textOf} WHERE request_id = $1`, [text, write]);
    await asAdmin(
      `UPDATE request_actions SET result_ref = (SELECT result_ref FROM request_actions WHERE request_id = $2)
       WHERE request_id = $1`,
      [result, write],
    );
    await agedHours(opened, 25);
    expect(await store.eraseEphemeral('acme', { units: [reader.orgUnit], ...past(1), limit: 10 })).toBe(0);
  });

  it('says when a request ended, once, whatever the role of the tenant says', async () => {
    const { requests, database } = opened.stores;
    const { request } = await requests.create(somebody(), newRequest());
    const say = (finishedAt: string | null) =>
      database.inTenant('acme', (tx) =>
        tx
          .updateTable('requests')
          .set({ finished_at: finishedAt })
          .where('id', '=', request.id)
          .returning('finished_at')
          .executeTakeFirstOrThrow(),
      );
    const { finished_at: first } = await say(daysAgo(400));
    expect(Date.parse(first ?? '')).toBeGreaterThan(Date.parse(daysAgo(1)));
    expect(await say(daysAgo(400))).toEqual({ finished_at: first });
    expect(await say(null)).toEqual({ finished_at: first });
    const past = { id: newId('request'), finished_at: daysAgo(400), state: 'answered' } as const;
    const inserted = await database.inTenant('acme', async (tx) => {
      const row = await tx
        .selectFrom('requests')
        .selectAll()
        .where('id', '=', request.id)
        .executeTakeFirstOrThrow();
      return (
        tx
          .insertInto('requests')
          // No role may say from_before.
          .values({ ...row, ...past, idempotency_key: past.id, from_before: undefined })
          .returning('finished_at')
          .executeTakeFirstOrThrow()
      );
    });
    expect(Date.parse(inserted.finished_at ?? '')).toBeGreaterThan(Date.parse(daysAgo(1)));
  });
});

describe('writes that were claimed', () => {
  it('are open until their outcome is on record', async () => {
    const { ledger } = opened.stores;
    const [open, closed] = [effect(), effect()];
    for (const one of [open, closed]) await ledger.beginEffect('acme', one);
    await ledger.finishEffect('acme', closed.claim.runId, {
      entry: auditEntry({ requestId: closed.claim.requestId, outcome: 'success' }),
      outcome: 'success',
      result: null,
      attempts: 1,
    });
    const runs = [open.claim.runId, closed.claim.runId, 'req_none/1'];
    expect(await store.openRuns('acme', runs)).toEqual(new Set([open.claim.runId]));
    expect(await store.openRuns('globex', runs)).toEqual(new Set());
  });
});

describe('reasons that nothing refers to', () => {
  it('are found and deleted by age, but for held ones and those of votes, erasures and labels', async () => {
    const { content, erasures, classifications } = opened.stores;
    const reasonOf = (ownerId: string) =>
      content.save({
        tenantId: 'acme',
        ownerId,
        purpose: 'decision_reason',
        classification: 'internal',
        value: `why ${ownerId}`,
      });
    const [loose, held, erasing] = [
      await reasonOf('talker'),
      await reasonOf('held'),
      await reasonOf('admin'),
    ];
    await erasures.begin('acme', { userId: 'x', subject: null, requestedBy: 'sub_x', reasonRef: erasing });
    const labels = { previous: 'internal', classification: 'restricted' } as const;
    const label = { itemId: 'github:a/b#1', orgUnit: '', ...labels, reason: 'r', by: 'admin' };
    await classifications.override('acme', label, async () => {});
    await doneRequest(somebody());
    await agedHours(opened, 49);
    const holds = [{ userId: 'held', from: null, to: null }];
    expect(await store.looseReasons('acme', { ...past(3, holds), limit: 10 })).toEqual([]);
    expect(await store.looseReasons('acme', { ...past(2, holds), limit: 10 })).toEqual([loose]);
    const all = [loose, held, erasing];
    expect(await store.deleteReasons('acme', all, past(2, holds))).toBe(1);
    expect(await store.deleteReasons('acme', all, past(2, holds))).toBe(0);
    const values = await content.getAll('acme', all);
    expect(all.map((ref) => values.get(ref))).toEqual(['(erased)', 'why held', 'why admin']);
  });
});

describe('results of reads', () => {
  it('are erased when they are older than their unit may keep them, but for held ones and results of writes', async () => {
    const [reader, heldReader, elsewhere] = [somebody(), somebody(), somebody()];
    const made: string[] = [];
    for (const [actor, kind] of [
      [reader, 'read'],
      [heldReader, 'read'],
      [elsewhere, 'read'],
      [reader, 'write'],
    ] as const) {
      made.push(await doneRequest(actor, kind));
    }
    await agedHours(opened, 25);
    const units = [reader.orgUnit, heldReader.orgUnit];
    const held = [{ userId: heldReader.userId, from: null, to: null }];
    const erase = { units, ...past(1, held), limit: 10 };
    expect(await store.eraseEphemeral('acme', erase)).toBe(1);
    expect(await store.eraseEphemeral('acme', erase)).toBe(0);
    const results = await Promise.all(made.map(async (id) => (await contentsOf(id))['action_result']));
    expect(results).toEqual(['(erased)', ['it'], ['it'], ['it']]);
    const young = { ...erase, before: new Date().toISOString() };
    await expect(store.eraseEphemeral('acme', young)).rejects.toThrow('first hour');
  });
});
