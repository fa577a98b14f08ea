import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '#platform/new-id.ts';
import { erasureScene } from '../support/erasure-scene.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';

let opened: TestStores;
let listener: pg.Client;
beforeAll(async () => {
  opened = await openTestStores();
  listener = new pg.Client({ connectionString: opened.databases.databaseUrl });
  await listener.connect();
});
afterAll(async () => {
  await listener?.end();
  await opened?.close();
});

it('an erasure that a hold restricts tells all gateways that the sessions ended (ADR 19)', async () => {
  const { sessions, erasures } = opened.stores;
  await erasureScene(opened).person('person-held');
  await sessions.open({
    id: newId('session'),
    kind: 'session',
    idHash: 'a'.repeat(64),
    providerSession: null,
    tenantId: 'acme',
    userId: 'person-held',
    claims: {},
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  });
  const heard: string[] = [];
  listener.on('notification', ({ payload }) => heard.push(payload ?? ''));
  await listener.query('LISTEN openclaw_rights');
  const alias = 'erased:sub_00000000000000000000000000';
  const held = [{ from: null, to: null }];
  expect(await erasures.eraseRows('acme', 'person-held', alias, held)).toMatchObject({ sessions: 1 });
  // What was told at that commit comes before the answer of a query after it.
  await listener.query('SELECT 1');
  expect(heard.join()).toContain('person-held');
});
