import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEnvelope } from '#platform/crypto/envelope.ts';
import { parseKeyRing } from '#platform/crypto/key-ring.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { openStores, type Stores } from '#stores/open-stores.ts';
import { createTestDatabases, type TestDatabases } from '../support/database.ts';

const keys = { m1: randomBytes(32).toString('base64'), m2: randomBytes(32).toString('base64') };

let databases: TestDatabases;
let stores: Stores;
/** With the next master key. */
let next: Stores;

beforeAll(async () => {
  databases = await createTestDatabases();
  const open = (active: string) =>
    openStores({
      database: { url: databases.databaseUrl, maxConnections: 2 },
      audit: { url: databases.auditDatabaseUrl, maxConnections: 1 },
      envelope: createEnvelope(parseKeyRing(JSON.stringify({ active, keys }))),
    });
  stores = open('m1');
  next = open('m2');
  await Promise.all([stores.dataKeys.ready('acme'), stores.dataKeys.ready('globex')]);
});
afterAll(async () => {
  await Promise.all([stores?.close(), next?.close()]);
  await databases?.drop();
});

const asDirectory = (statement: string) =>
  stores.database.inDirectory((tx) => sql.raw(statement).execute(tx));
const asOwner = (statement: string) => withAdmin(databases.adminUrl, (client) => client.query(statement));
const keysOf = async (tenantId: string) =>
  (await asOwner(`SELECT * FROM openclaw.data_keys WHERE tenant_id = '${tenantId}'`)).rows;
/** Does a process that starts now open what the tenant keeps? */
async function opens(tenantId: string, from = stores): Promise<boolean> {
  await from.dataKeys.ready(tenantId);
  return (await from.wrappedKeys.unreadable()).every((key) => key.tenantId !== tenantId || key.isSpared);
}

describe('one UPDATE', () => {
  const statements = {
    'a replaced ciphertext': `UPDATE openclaw.data_keys SET sealed = 'x'`,
    'a replaced ciphertext and its key': `UPDATE openclaw.data_keys SET sealed = 'x', wrapped_by = 'm9'`,
    "another tenant's ciphertext": `UPDATE openclaw.data_keys SET sealed = (SELECT sealed FROM openclaw.data_keys WHERE tenant_id = 'globex'), wrapped_by = 'm1' WHERE tenant_id = 'acme'`,
    'a destroyed key': `UPDATE openclaw.data_keys SET sealed = NULL, wrapped_by = NULL, destroyed_at = now()`,
    'an invented former form': `UPDATE openclaw.data_keys SET sealed = 'x', wrapped_by = 'm1', sealed_before = 'y', wrapped_by_before = 'm1'`,
    'an id': `UPDATE openclaw.data_keys SET id = 'dek_other' WHERE tenant_id = 'acme'`,
    'an owner': `UPDATE openclaw.data_keys SET tenant_id = 'other' WHERE tenant_id = 'acme'`,
    'a time of deletion': `UPDATE openclaw.tenants SET status = 'deleting', restored_as = 'active', delete_at = now() - interval '1 hour'`,
    'a deleted tenant': `UPDATE openclaw.tenants SET status = 'deleted'`,
    'a destruction that has begun': `UPDATE openclaw.tenants SET destroying_since = now()`,
  };

  it.each(Object.entries(statements))('destroys nobody: %s', async (_what, statement) => {
    const before = [await keysOf('acme'), await keysOf('globex')];
    await expect(asDirectory(statement)).rejects.toMatchObject({ code: '42501' });
    // Not even by the owner of the tables.
    await expect(asOwner(statement)).rejects.toThrow();
    expect([await keysOf('acme'), await keysOf('globex')]).toEqual(before);
  });

  it.each([
    'INSERT INTO openclaw.data_keys (id, tenant_id, sealed, wrapped_by) VALUES ($$dek_x$$, $$acme$$, $$x$$, $$m1$$)',
    'DELETE FROM openclaw.data_keys',
    'TRUNCATE openclaw.data_keys',
    'DELETE FROM openclaw.tenants',
    `INSERT INTO openclaw.tenants (id, name) VALUES ('x1', 'x')`,
  ])('nor does %s', async (statement) => {
    await expect(asDirectory(statement)).rejects.toMatchObject({ code: '42501' });
  });
});

describe('a function that is called with a lie', () => {
  it('makes no second key, and destroys none of a tenant that is not due', async () => {
    await asDirectory(`SELECT openclaw.add_data_key('dek_z', 'acme', 'x', 'm1')`);
    expect(await keysOf('acme')).toHaveLength(1);
    await expect(asDirectory(`SELECT openclaw.destroy_data_keys('acme')`)).rejects.toThrow('not due');
    await asDirectory(`SELECT openclaw.destroy_data_keys('installation')`);
    expect(await opens('acme')).toBe(true);
  });

  it('keeps the former form beside a garbled one, by which everybody goes on, and which comes back', async () => {
    const [before] = await keysOf('acme');
    const lie = `SELECT openclaw.rewrap_data_key(id, sealed, 'garbled', 'm2') AS done FROM openclaw.data_keys WHERE tenant_id = 'acme'`;
    await asDirectory(lie);
    await asDirectory(lie);
    expect(await keysOf('acme')).toMatchObject([{ sealed_before: before.sealed, wrapped_by_before: 'm1' }]);
    expect(await stores.wrappedKeys.unreadable()).toEqual([
      { tenantId: 'acme', id: before.id, isSpared: true },
    ]);
    expect(await opens('acme')).toBe(true);
    // The old master key is still needed, and the next run finds its way back and goes on from there.
    expect((await next.wrappedKeys.state()).neededMasterKeys).toEqual(['m1']);
    expect(await next.wrappedKeys.rewrap('')).toMatchObject({ unreadable: 0 });
    expect(await keysOf('acme')).toMatchObject([{ sealed_before: null, wrapped_by: 'm2' }]);
    expect(await opens('acme', next)).toBe(true);
  });

  it('wraps nothing over what it did not read', async () => {
    await asDirectory(
      `SELECT openclaw.rewrap_data_key(id, 'something else', 'x', 'm2') FROM openclaw.data_keys`,
    );
    await asDirectory(
      `SELECT openclaw.confirm_data_key(id, 'x'), openclaw.restore_data_key(id) FROM openclaw.data_keys`,
    );
    expect(await stores.wrappedKeys.unreadable()).toEqual([]);
  });
});

describe('a deletion', () => {
  it('is due when the database says so, and never sooner', async () => {
    await stores.tenants.setDeletionWait(3_600_000);
    for (const wait of [0, -1_000_000_000, 1]) {
      expect(await stores.tenants.step('globex', { from: ['active'], to: 'deleting', waitMs: wait })).toBe(
        true,
      );
      expect(await stores.tenants.deletionWaitMs('globex')).toBeGreaterThan(3_500_000);
      expect(await stores.tenants.beginDestroying('globex')).toBe(false);
      await expect(stores.dataKeys.destroyKeysOf('globex')).rejects.toThrow('not due');
      await expect(stores.tenants.step('globex', { from: ['deleting'], to: 'deleted' })).rejects.toThrow();
      const sooner = `UPDATE openclaw.tenants SET delete_at = now() WHERE id = 'globex'`;
      await expect(asDirectory(sooner)).rejects.toMatchObject({ code: '42501' });
      await expect(asOwner(sooner)).rejects.toThrow('no sooner');
      expect(await stores.tenants.step('globex', { from: ['deleting'], to: 'active' })).toBe(true);
    }
    // What is asked for afterwards waits shorter; what was asked for waits on.
    await stores.tenants.step('globex', { from: ['active'], to: 'deleting', waitMs: 0 });
    await stores.tenants.setDeletionWait(0);
    expect(await stores.tenants.beginDestroying('globex')).toBe(false);
    await stores.tenants.step('globex', { from: ['deleting'], to: 'active' });
  });

  it('is not over before it has begun', async () => {
    await stores.tenants.step('globex', { from: ['active'], to: 'deleting', waitMs: 0 });
    await expect(stores.tenants.step('globex', { from: ['deleting'], to: 'deleted' })).rejects.toThrow(
      'not begun',
    );
    await stores.tenants.step('globex', { from: ['deleting'], to: 'active' });
    expect(await opens('globex')).toBe(true);
  });
});
