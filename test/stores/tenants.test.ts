import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provisionTenant } from '#platform/database/provision-tenant.ts';
import { createTenantStore } from '#stores/tenants.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';

let opened: TestStores;

beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

describe('createTenantStore', () => {
  it('finds and lists what was provisioned', async () => {
    const { tenants } = opened.stores;
    expect(await tenants.find('acme')).toMatchObject({ id: 'acme', name: 'Acme' });
    expect(await tenants.find('initech')).toBeUndefined();
    expect((await tenants.list()).map((tenant) => tenant.id)).toEqual(['acme', 'globex']);
  });

  it('answers from its copy until that is too old', async () => {
    const { database } = opened.stores;
    const copying = createTenantStore({ database });
    const fresh = createTenantStore({ database, maxAgeMs: 0 });
    await copying.list();
    const { adminUrl, databaseUrl } = opened.databases;
    await provisionTenant({ adminUrl, databaseUrl, id: 'late-comer', name: 'Late' });
    expect(await copying.find('late-comer')).toBeUndefined();
    expect(await fresh.find('late-comer')).toMatchObject({ name: 'Late' });
    await provisionTenant({ adminUrl, databaseUrl, id: 'late-comer', name: 'Renamed' });
    expect(await fresh.find('late-comer')).toMatchObject({ name: 'Renamed' });
  });

  it.each(['Acme', 'a', '1st', 'a_b', `a${'b'.repeat(40)}`, 'a"b'])(
    'provisions no tenant called %j',
    async (id) => {
      const { adminUrl, databaseUrl } = opened.databases;
      await expect(provisionTenant({ adminUrl, databaseUrl, id, name: id })).rejects.toMatchObject({
        code: 'INVALID_REQUEST',
      });
    },
  );
});
