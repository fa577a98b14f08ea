import { expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { provisionTenant } from '#platform/database/provision-tenant.ts';
import { openTestStores } from '../support/open-test-stores.ts';
import { benchGovernance } from './bench-governance.ts';
import { fillLedger } from './fill-ledger.ts';
import { growthRows, measurePoint } from './growth-point.ts';
import { manyPolicies, peopleUnder, storePolicies } from './many-policies.ts';
import { sizes } from './sizes.ts';
import { addRows } from './table.ts';

/** Policies of each tenant: those that are shipped, and a few units'. */
const policiesOfTenant = 20;

it('from one tenant to many, with entries and policies of their own', async () => {
  const opened = await openTestStores();
  const { stores, databases, signing } = opened;
  const { adminUrl, databaseUrl } = databases;
  const governance = await benchGovernance(stores, signing.verify);
  const policies = manyPolicies(policiesOfTenant);
  const add = async (id: string) => {
    await provisionTenant({ adminUrl, databaseUrl, id, name: id });
    await storePolicies(stores.policies, id, policies);
    await fillLedger(stores.ledger, id, { from: 0, to: sizes.tenantRows });
  };
  const measure = async (tenants: readonly string[]) => {
    await withAdmin(databases.auditAdminUrl, (client) => client.query('VACUUM ANALYZE'));
    const ofEach = tenants.map((id) => peopleUnder(policies, id));
    // Tenant after tenant, as their calls would come mixed.
    const people = (ofEach[0] ?? []).flatMap((_, n) => ofEach.flatMap((those) => those[n] ?? []));
    return measurePoint({ stores, governance, people, rows: sizes.tenantRows });
  };

  const tenants = Array.from({ length: sizes.tenants }, (_, n) => `tenant-${n + 1}`);
  const [first = 'tenant-1', ...others] = tenants;
  await add(first);
  const few = await measure([first]);
  for (const id of others) await add(id);
  const many = await measure(tenants);
  await opened.close();
  addRows('growth', growthRows(`1 to ${sizes.tenants} tenants`, { few, many, aim: 'at most 1.5×' }));
  expect(many.decision).toBeGreaterThan(0);
});
