import { afterAll, beforeAll, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { erasureScene } from '../support/erasure-scene.ts';
import { eventually } from '../support/eventually.ts';
import { newRequest } from '../support/examples.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';
import { waitingForLocks } from '../support/waiting-for-locks.ts';

let opened: TestStores;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened?.close());

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
    await eventually(
      () => waitingForLocks(opened.databases.adminUrl),
      (waiting) => waiting === 1,
    );
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
