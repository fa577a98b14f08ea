import { randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createEnvelope } from '#platform/crypto/envelope.ts';
import { parseKeyRing } from '#platform/crypto/key-ring.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { runDdl } from '#platform/database/ddl.ts';
import { roleNames } from '#platform/database/names.ts';
import { openDatabase } from '#stores/database.ts';
import { createDataKeyStore } from '#stores/key/data-keys.ts';
import { createWrappedKeyStore } from '#stores/key/wrapped-keys.ts';
import { createTenantStore } from '#stores/tenant/tenants.ts';
import { createTestDatabases, type TestDatabases } from '../../support/database.ts';

const folder = join(import.meta.dirname, '../../../platform/database/migrations/main');
const files = globSync('*.sql', { cwd: folder }).toSorted();
const keys = { m1: randomBytes(32).toString('base64'), m2: randomBytes(32).toString('base64') };
const envelopeOf = (active: keyof typeof keys) =>
  createEnvelope(parseKeyRing(JSON.stringify({ active, keys })));

let databases: TestDatabases;
let name: string;
const urlOf = (url: string) => Object.assign(new URL(url), { pathname: `/${name}` }).href;

/** The main database of the release before, in which one process made keys and another asked for a deletion. */
beforeAll(async () => {
  databases = await createTestDatabases();
  name = `${databases.prefix}_${randomBytes(6).toString('hex')}_old`;
  await withAdmin(inject('postgresAdminUrl'), (client) => runDdl(client, 'CREATE DATABASE %I', name));
  const migrateBy = (wanted: readonly string[], after: readonly string[] = []) =>
    withAdmin(urlOf(databases.adminUrl), async (client) => {
      await client.query(`SELECT set_config('openclaw.prefix', $1, false)`, [databases.prefix]);
      for (const file of wanted) await client.query(readFileSync(join(folder, file), 'utf8'));
      await runDdl(client, 'SET ROLE %I', roleNames(databases.prefix).directory);
      for (const statement of after) await client.query(statement);
    });
  const place = 'data-key|acme|dek_01M7ZDTPGX18F4P62ZW304AXE6';
  const sealed = envelopeOf('m1').seal(randomBytes(32), place);
  const isNew = (file: string) => file >= '0009';
  await migrateBy(
    files.filter((file) => !isNew(file)),
    [
      `INSERT INTO openclaw.tenants (id, name) VALUES ('acme', 'Acme'), ('globex', 'Globex')`,
      `INSERT INTO openclaw.data_keys (id, tenant_id, sealed, wrapped_by)
       VALUES ('dek_01M7ZDTPGX18F4P62ZW304AXE6', 'acme', '\\x${Buffer.from(sealed).toString('hex')}', 'm1')`,
      `UPDATE openclaw.tenants SET status = 'deleting', restored_as = 'active', delete_at = now() - interval '1 minute'
       WHERE id = 'globex'`,
    ],
  );
  await migrateBy(files.filter(isNew));
});
afterAll(async () => {
  await withAdmin(inject('postgresAdminUrl'), (client) =>
    runDdl(client, 'DROP DATABASE IF EXISTS %I WITH (FORCE)', name),
  );
  await databases?.drop();
});

it('a database of the release before opens: its keys, and a deletion that is due', async () => {
  const database = openDatabase({ url: urlOf(databases.as('provisioning').databaseUrl), maxConnections: 2 });
  try {
    const dataKeys = createDataKeyStore({ database, envelope: envelopeOf('m1') });
    await dataKeys.ready('acme');
    const text = dataKeys.envelope.seal(Buffer.from('words'), 'acme|x|y');
    const next = createWrappedKeyStore({ database, envelope: envelopeOf('m2') });
    expect(await next.unreadable()).toEqual([]);
    expect(await next.rewrap('')).toEqual({ rewrapped: 1, unreadable: 0, next: null });
    const later = createDataKeyStore({ database, envelope: envelopeOf('m2') });
    await later.ready('acme');
    expect(Buffer.from(later.envelope.open(text, 'acme|x|y')).toString()).toBe('words');
    const tenants = createTenantStore({ database });
    expect(await tenants.beginDestroying('globex')).toBe(true);
    expect(await tenants.step('globex', { from: ['deleting'], to: 'deleted' })).toBe(true);
  } finally {
    await database.close();
  }
});

it('a process of the release before reads on with its login, and changes no key and no deletion', async () => {
  await withAdmin(urlOf(databases.databaseUrl), async (client) => {
    await runDdl(client, 'SET ROLE %I', roleNames(databases.prefix).directory);
    await client.query('SELECT sealed FROM openclaw.data_keys');
    await client.query('UPDATE openclaw.sessions SET seen_at = now()');
    for (const statement of [
      `UPDATE openclaw.data_keys SET destroyed_at = now(), sealed = NULL, wrapped_by = NULL`,
      `UPDATE openclaw.tenants SET delete_at = now()`,
    ])
      await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' });
  });
});
