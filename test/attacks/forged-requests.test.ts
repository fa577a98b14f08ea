import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestWorkflowId } from '#domain/ids.ts';
import { newId } from '#platform/new-id.ts';
import { ask, seen } from '../support/ask.ts';
import { entriesOf } from '../support/audit-entries.ts';
import { asker, lead, signIn } from '../support/cast.ts';
import { newRequest, plannedRequest, website } from '../support/examples.ts';
import { sweepOf } from '../support/sweep.ts';
import { loginAsTenant } from '../support/tenant-login.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

let worker: TestWorker;
let login: pg.Client;
/** What the asker once asked for, and was answered. */
let answered: string;

beforeAll(async () => {
  worker = await startTestWorker();
  await signIn(worker.stores, asker, lead);
  login = await loginAsTenant(worker.databases.databaseUrl, 'acme');
  const asked = await ask(worker, 'list the open issues of acme/website');
  await asked.handle.result();
  answered = asked.requestId;
});
afterAll(async () => {
  await login?.end();
  await worker?.close();
});

const columns =
  'id, user_id, role, org_unit, idempotency_key, body_digest, text_ref, state, proof, updated_at';

/** A copy of a request with these values, as SQL. */
async function forge(requestId: string, changed: Record<string, string>): Promise<string> {
  const id = newId('request');
  const values: Record<string, string> = {
    id: '$1',
    idempotency_key: '$1',
    state: "'received'",
    updated_at: "now() - interval '1 day'",
    ...changed,
  };
  const selected = columns.split(', ').map((column) => values[column] ?? column);
  await login.query(
    `INSERT INTO requests (${columns}) SELECT ${selected.join(', ')} FROM requests WHERE id = $2`,
    [id, requestId],
  );
  return id;
}

const forgeries: Record<string, Record<string, string>> = {
  'an old text of theirs again': { proof: 'NULL' },
  'the same, with the proof of the old one': {},
  'with the old key too, freed by another user': {
    user_id: "'somebody-' || $1::text",
    idempotency_key: 'idempotency_key',
  },
  "in another's name": { user_id: `'${lead.userId}'` },
  'with a higher role': { role: "'enterprise_admin'" },
  'for another unit': { org_unit: "''" },
  'for what is no proof': { proof: "'\\x01'" },
  "in an erased person's name": { user_id: "'erased:sub_x'" },
};
const states = ['received', 'running', 'queued', 'outcome_unknown'];
const cells = Object.keys(forgeries).flatMap((name) => states.map((state) => [name, state] as const));

describe('a request that somebody with the runtime login of the database wrote', () => {
  it.each(cells)('%s, %s: is nobody’s, is not started, and is on record as that', async (name, state) => {
    const { requests } = worker.stores;
    const id = await forge(answered, { ...forgeries[name], state: `'${state}'` });
    expect(await requests.get('acme', id)).toBeUndefined();
    expect((await requests.list('acme', { limit: 100 })).map((row) => row.id)).not.toContain(id);
    await expect(requests.text('acme', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(requests.markStarted('acme', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const plan = { planner: 'x', actions: [], answer: 'x', suggestions: [] };
    await expect(requests.savePlan(asker, id, plan)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(requests.saveNotUnderstood(asker, id, plan)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(requests.withdrawWaiting('acme', id, asker.userId)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });

    await (await sweepOf(worker))();
    const { rows } = await login.query('SELECT state FROM requests WHERE id = $1', [id]);
    expect(rows).toEqual([{ state: 'failed' }]);
    const workflow = worker.temporal.client.workflow.getHandle(requestWorkflowId('acme', id));
    await expect(workflow.describe()).rejects.toMatchObject({ name: 'WorkflowNotFoundError' });
    const told = (await entriesOf(worker.stores, 'acme')).filter((entry) =>
      JSON.stringify(entry).includes(id),
    );
    expect(told.map(({ event, userId, metadata }) => [event, userId, metadata])).toEqual([
      ['audit.gap_found', 'openclaw-reconciler', { kind: 'request_foreign', ref: id }],
    ]);
  });

  it('does not stand in the way of one that the person really makes, nor of what is read', async () => {
    const { requests } = worker.stores;
    const before = (await requests.list('acme', { userId: asker.userId, limit: 2 })).map(({ id }) => id);
    for (let n = 0; n < 5; n += 1) await forge(answered, { state: "'answered'" });
    expect((await requests.list('acme', { userId: asker.userId, limit: 2 })).map(({ id }) => id)).toEqual(
      before,
    );

    const request = newRequest({ text: 'comment on acme/website#7: mine' });
    await forge(answered, {
      idempotency_key: `'${request.idempotencyKey}'`,
      body_digest: `'${request.bodyDigest}'`,
    });
    await expect(requests.create(asker, request)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    const asked = await ask(worker, 'list the open issues of acme/website');
    await asked.handle.result();
    expect(await seen(worker, asked.requestId)).toMatchObject({ state: 'answered' });
  });

  it('can not be passed off as one from before', async () => {
    for (const table of ['requests', 'request_actions']) {
      for (const sql of [
        `INSERT INTO ${table} (from_before) VALUES (true)`,
        `UPDATE ${table} SET from_before = true`,
        `UPDATE ${table} SET proof = NULL`,
      ])
        await expect(login.query(sql)).rejects.toMatchObject({ code: '42501' });
    }
  });
});

describe('an action that somebody with the runtime login planned', () => {
  it.each([
    ['without proof', 'NULL'],
    ['with the proof of the one that it copies', 'proof'],
  ])('%s: is not acted on', async (_, proof) => {
    const { requests } = worker.stores;
    const planned = await plannedRequest(requests);
    const { request } = await requests.create(
      asker,
      newRequest({ text: 'list the open issues of acme/website' }),
    );
    await login.query(
      `INSERT INTO request_actions (request_id, n, action, connector, effect, target, input_ref, input_digest, origin,
         state, classification, proof)
       SELECT $1, n, action, connector, effect, target, input_ref, input_digest, origin, 'planned', classification, ${proof}
       FROM request_actions WHERE request_id = $2`,
      [request.id, planned],
    );
    const refused = { code: 'CONTENT_UNREADABLE' };
    await expect(requests.beginAction('acme', request.id, 1, website)).rejects.toMatchObject(refused);
    await expect(requests.savePlan(asker, request.id, { planner: 'x', actions: [] })).rejects.toMatchObject(
      refused,
    );
    expect(await requests.beginAction('acme', planned, 1, website)).toMatchObject({ status: 'begun' });
  });
});
