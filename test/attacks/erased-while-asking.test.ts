import { afterAll, beforeAll, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { erasureScene } from '../support/erasure-scene.ts';
import { eventually } from '../support/eventually.ts';
import { newRequest } from '../support/examples.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';

let opened: TestStores;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened?.close());

const waitingForLocks = () =>
  withAdmin(opened.databases.adminUrl, async (client) => {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rows[0]?.count ?? 0;
  });

it('an erasure leaves a request alone that comes in while rows are erased', async () => {
  const { requests, erasures } = opened.stores;
  const { actor, requestId } = await erasureScene(opened).person('person-asking');
  const alias = 'erased:sub_00000000000000000000000000';
  const { erasing, late } = await withAdmin(opened.databases.adminUrl, async (client) => {
    // Something slow: the erasure has looked for open requests, and waits before it changes rows.
    await client.query('BEGIN');
    await client.query('SELECT FROM tenant_acme.request_actions WHERE request_id = $1 FOR UPDATE', [
      requestId,
    ]);
    const started = erasures.eraseRows('acme', actor.userId, alias, []);
    await eventually(waitingForLocks, (waiting) => waiting === 1);
    const { request } = await requests.create(actor, newRequest({ text: 'still to be done' }));
    await client.query('COMMIT');
    return { erasing: started, late: request.id };
  });
  const erased = await erasing;
  const request = await requests.get('acme', late);
  // Either it is waited for, or it stays theirs; an open request of "erased:…" can never be carried out.
  expect({ erased, state: request?.state, userId: request?.userId }).toMatchObject({
    state: 'received',
    userId: actor.userId,
  });
  expect(await requests.text('acme', late)).toBe('still to be done');
});
