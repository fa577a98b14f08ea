import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { dropTenant } from '#platform/database/drop-tenant.ts';
import { tenantNames } from '#platform/database/names.ts';
import { provisionTenant } from '#platform/database/provision-tenant.ts';
import { createTenantStore } from '#stores/tenant/tenants.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;

beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened?.close());

const facts = (id: string) => ({ id, name: 'Initech', domains: ['initech.example'], oidcIssuer: null });

/** A tenant of this run's own: roles are shared by all test databases. */
const ownId = () => `t${Math.random().toString(36).slice(2, 12)}`;

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

describe('createTenantStore', () => {
  it('finds and lists what was provisioned', async () => {
    const { tenants } = opened.stores;
    expect(await tenants.find('acme')).toMatchObject({ id: 'acme', name: 'Acme', status: 'active' });
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

  it('adds a tenant once, and nobody can sign in to it before it is active', async () => {
    const { tenants } = opened.stores;
    const id = ownId();
    expect(await tenants.add(facts(id))).toBe(true);
    expect(await tenants.add({ ...facts(id), name: 'Other' })).toBe(false);
    expect(await tenants.read(id)).toMatchObject({ ...facts(id), status: 'provisioning' });
    expect(await createTenantStore({ database: opened.stores.database }).find(id)).toBeUndefined();
    expect(await tenants.step(id, { from: ['provisioning'], to: 'active' })).toBe(true);
    expect(await tenants.find(id)).toMatchObject({ status: 'active' });
  });

  it('changes what is named and leaves the rest', async () => {
    const { tenants } = opened.stores;
    const id = ownId();
    await tenants.add(facts(id));
    expect(await tenants.change(id, { name: 'Initrode' })).toMatchObject({ ...facts(id), name: 'Initrode' });
    expect(await tenants.change(id, {})).toMatchObject({ name: 'Initrode' });
    const issuer = 'https://login.example/realms/x';
    expect(await tenants.change(id, { domains: [], oidcIssuer: issuer })).toMatchObject({
      domains: [],
      oidcIssuer: issuer,
    });
    await expect(tenants.change('nobody-here', {})).rejects.toMatchObject({ code: 'tenant_not_found' });
  });

  it('keeps the time of standing still, and only that', async () => {
    const { tenants } = opened.stores;
    const id = ownId();
    await tenants.add(facts(id));
    await tenants.step(id, { from: ['provisioning'], to: 'active' });
    const since = new Date(Date.now() - 60_000).toISOString();
    const ever = () => tenants.stoodStillMs(id, { since, until: inAnHour() });
    expect(await ever()).toBe(0);
    await tenants.step(id, { from: ['active'], to: 'suspended' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const open = await ever();
    expect(open).toBeGreaterThan(40);
    await tenants.step(id, { from: ['suspended'], to: 'active' });
    const closed = await ever();
    expect(closed).toBeGreaterThanOrEqual(open);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await ever()).toBe(closed);
    expect(await tenants.stoodStillMs(id, { since: inAnHour(), until: inAnHour() })).toBe(0);
  });

  it('takes no step that does not exist, whoever asks', async () => {
    const { tenants } = opened.stores;
    const id = ownId();
    await tenants.add(facts(id));
    expect(await tenants.step(id, { from: ['active'], to: 'suspended' })).toBe(false);
    await expect(tenants.step(id, { from: ['provisioning'], to: 'suspended' })).rejects.toThrow();
    await tenants.step(id, { from: ['provisioning'], to: 'active' });
    await tenants.step(id, { from: ['active'], to: 'suspended' });
    await tenants.step(id, { from: ['suspended'], to: 'deleting', waitMs: 3_600_000 });
    expect(await tenants.read(id)).toMatchObject({ status: 'deleting', restoredAs: 'suspended' });
    expect(await tenants.deletionWaitMs(id)).toBeGreaterThan(3_000_000);
    await expect(tenants.step(id, { from: ['deleting'], to: 'deleted' })).rejects.toThrow();
    await tenants.step(id, { from: ['deleting'], to: 'suspended' });
    expect(await tenants.deletionWaitMs(id)).toBeUndefined();
  });

  it('calls a deletion off that is due, and none that has begun, since its keys may be gone', async () => {
    const { tenants } = opened.stores;
    const id = ownId();
    await tenants.add(facts(id));
    await tenants.step(id, { from: ['provisioning'], to: 'active' });
    await tenants.step(id, { from: ['active'], to: 'deleting', waitMs: 0 });
    expect(await tenants.deletionWaitMs(id)).toBeLessThanOrEqual(0);
    expect(await tenants.step(id, { from: ['deleting'], to: 'active' })).toBe(true);
    expect(await tenants.beginDestroying(id)).toBe(false);
    await tenants.step(id, { from: ['active'], to: 'deleting', waitMs: 3_600_000 });
    expect(await tenants.beginDestroying(id)).toBe(false);
    await tenants.step(id, { from: ['deleting'], to: 'active' });

    await tenants.step(id, { from: ['active'], to: 'deleting', waitMs: 0 });
    expect(await tenants.beginDestroying(id)).toBe(true);
    const begun = await tenants.read(id);
    expect(begun?.destroyingSince).not.toBeNull();
    expect(await tenants.beginDestroying(id)).toBe(true);
    expect(await tenants.step(id, { from: ['deleting'], to: 'active' })).toBe(false);
    expect(await tenants.read(id)).toEqual(begun);
  });

  it('forgets no destruction that has begun, and lets none begin early, whoever asks', async () => {
    const { tenants } = opened.stores;
    const id = ownId();
    await tenants.add(facts(id));
    await tenants.step(id, { from: ['provisioning'], to: 'active' });
    const set = (to: string, more = '') =>
      withAdmin(opened.databases.adminUrl, (client) =>
        client.query(`UPDATE openclaw.tenants SET destroying_since = ${to} ${more} WHERE id = $1`, [id]),
      );
    await expect(set('now()')).rejects.toThrow('not due');
    await tenants.step(id, { from: ['active'], to: 'deleting', waitMs: 3_600_000 });
    await expect(set('now()')).rejects.toThrow('not due');
    await tenants.step(id, { from: ['deleting'], to: 'active' });
    await tenants.step(id, { from: ['active'], to: 'deleting', waitMs: 0 });
    await tenants.beginDestroying(id);
    await expect(set('NULL')).rejects.toThrow('has begun');
    const back = `, status = 'active', delete_at = NULL, restored_as = NULL`;
    await expect(set('NULL', back)).rejects.toThrow('has begun');
    await expect(set('destroying_since', back)).rejects.toThrow();
  });
});

describe('dropTenant', () => {
  it('refuses a tenant whose deletion can still be called off, and destroys one whose has begun', async () => {
    const { tenants } = opened.stores;
    const { adminUrl, databaseUrl, prefix } = opened.databases;
    const id = ownId();
    await provisionTenant({ adminUrl, databaseUrl, id, name: 'Short-lived' });
    const drop = () => dropTenant({ adminUrl, databaseUrl, id });
    await expect(drop()).rejects.toMatchObject({ code: 'TENANT_NOT_READY' });
    await tenants.step(id, { from: ['active'], to: 'deleting', waitMs: 3_600_000 });
    await expect(drop()).rejects.toMatchObject({ code: 'TENANT_NOT_READY' });
    expect(await tenants.counts(id)).toEqual({ policies: 0, people: 0 });
    await tenants.step(id, { from: ['deleting'], to: 'active' });
    await tenants.step(id, { from: ['active'], to: 'deleting', waitMs: 0 });
    await expect(drop()).rejects.toMatchObject({ code: 'TENANT_NOT_READY' });
    expect(await tenants.counts(id)).toEqual({ policies: 0, people: 0 });
    expect(await tenants.beginDestroying(id)).toBe(true);
    await drop();
    await drop();
    await tenants.step(id, { from: ['deleting'], to: 'deleted' });
    const { role, schema } = tenantNames(prefix, id);
    const left = await withAdmin(adminUrl, async (client) => {
      const { rows } = await client.query(
        `SELECT nspname FROM pg_namespace WHERE nspname = $1 UNION ALL SELECT rolname FROM pg_roles WHERE rolname = $2
         UNION ALL SELECT tablename FROM pg_tables WHERE tablename = $1`,
        [schema, role],
      );
      return rows;
    });
    expect(left).toEqual([]);
    expect(await tenants.find(id)).toBeUndefined();
    expect(await tenants.add(facts(id))).toBe(false);
    await expect(provisionTenant({ adminUrl, databaseUrl, id, name: 'Again' })).rejects.toMatchObject({
      code: 'TENANT_EXISTS',
    });
    expect(await tenants.step(id, { from: ['deleted'], to: 'active' })).toBe(false);
    const revive = withAdmin(adminUrl, (client) =>
      client.query(`UPDATE openclaw.tenants SET status = 'active' WHERE id = $1`, [id]),
    );
    await expect(revive).rejects.toThrow();
  });
});
