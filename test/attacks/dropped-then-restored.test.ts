import { afterAll, beforeAll, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { dropTenant } from '#platform/database/drop-tenant.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';

let opened: TestStores;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened?.close());

it('nothing of a tenant is dropped whose deletion can still be called off', async () => {
  const { tenants } = opened.stores;
  const { adminUrl, databaseUrl } = opened.databases;
  await tenants.step('globex', { from: ['active'], to: 'deleting', waitMs: 1_000 });
  await withAdmin(adminUrl, (client) => client.query('SELECT pg_sleep(1.2)'));
  // A worker of the version before this one, in an upgrade, does not say that it begins.
  const refused = (error: unknown) => error;
  await opened.stores.dataKeys.destroyKeysOf('globex').catch(refused);
  await dropTenant({ adminUrl, databaseUrl, id: 'globex' }).catch(refused);
  const isRestored = await tenants.step('globex', { from: ['deleting'], to: 'active' });
  const { rows } = await withAdmin(adminUrl, (client) =>
    client.query<{ schema: string | null; keys: number }>(
      `SELECT to_regnamespace('tenant_globex') AS schema,
         (SELECT count(*)::int FROM openclaw.data_keys WHERE tenant_id = 'globex' AND destroyed_at IS NOT NULL) AS keys`,
    ),
  );
  const isWhole = rows[0]?.schema !== null && rows[0]?.keys === 0;
  expect({ isRestored, isWhole }).not.toEqual({ isRestored: true, isWhole: false });
});
