import { createHash, randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { inject } from 'vitest';
import { withAdmin, withMigrationLock } from '#platform/database/admin-connection.ts';
import { runDdl } from '#platform/database/ddl.ts';
import { migrate } from '#platform/database/migrate.ts';
import { type LoginKind, loginKinds, roleNames } from '#platform/database/names.ts';
import { provisionTenant } from '#platform/database/provision-tenant.ts';
import { guardDatabase } from '#platform/database/roles.ts';

/** Fresh main and audit databases of one test file, tenants `acme` and `globex` provisioned. */
export interface TestDatabases {
  /** Runtime login. */
  databaseUrl: string;
  auditDatabaseUrl: string;
  /** The addresses of one process's login. */
  as(login: LoginKind): { databaseUrl: string; auditDatabaseUrl: string };
  /** Superuser, on the same two databases. */
  adminUrl: string;
  auditAdminUrl: string;
  /** Prefix of the run's roles. */
  prefix: string;
  drop(): Promise<void>;
}

const password = 'test';
const silent = () => {};

/** Clones of the run's template databases; the first caller of the run makes those. */
export async function createTestDatabases(): Promise<TestDatabases> {
  const postgres = inject('postgresAdminUrl');
  // Roles are cluster-wide: another version of the migrations gets other roles and other templates.
  const prefix = `t${migrationsHash()}`;
  const name = `${prefix}_${randomBytes(6).toString('hex')}`;
  const made = [`${name}_main`, `${name}_audit`];
  await withMigrationLock(postgres, silent, async (client) => {
    await makeTemplates(client, postgres, prefix);
    for (const database of made) {
      await runDdl(client, 'CREATE DATABASE %I TEMPLATE %I', database, `${prefix}_${kindOf(database)}`);
    }
  });
  const [adminUrl = '', auditAdminUrl = ''] = made.map((database) => adminUrlOf(postgres, database));
  for (const [index, url] of [adminUrl, auditAdminUrl].entries()) {
    await withAdmin(url, (client) => guardDatabase(client, made[index] ?? '', prefix));
  }
  return {
    databaseUrl: runtimeUrlOf(adminUrl, prefix),
    auditDatabaseUrl: runtimeUrlOf(auditAdminUrl, prefix),
    as: (login) => ({
      databaseUrl: runtimeUrlOf(adminUrl, prefix, login),
      auditDatabaseUrl: runtimeUrlOf(auditAdminUrl, prefix, login),
    }),
    adminUrl,
    auditAdminUrl,
    prefix,
    drop: () =>
      withAdmin(postgres, async (client) => {
        for (const database of made)
          await runDdl(client, 'DROP DATABASE IF EXISTS %I WITH (FORCE)', database);
      }),
  };
}

/** Made under other names first: what bears the template's name is complete. */
async function makeTemplates(client: Client, postgres: string, prefix: string): Promise<void> {
  const { rows } = await client.query('SELECT FROM pg_database WHERE datname = $1', [`${prefix}_main`]);
  if (rows.length > 0) return;
  const kinds = ['audit', 'main'];
  for (const kind of kinds) {
    await runDdl(client, 'DROP DATABASE IF EXISTS %I WITH (FORCE)', `${prefix}_${kind}_new`);
    await runDdl(client, 'DROP DATABASE IF EXISTS %I WITH (FORCE)', `${prefix}_${kind}`);
  }
  const adminUrl = adminUrlOf(postgres, `${prefix}_main_new`);
  const auditAdminUrl = adminUrlOf(postgres, `${prefix}_audit_new`);
  const databaseUrl = runtimeUrlOf(adminUrl, prefix);
  const auditDatabaseUrl = runtimeUrlOf(auditAdminUrl, prefix);
  const otherLogins = loginKinds.map((login) => runtimeUrlOf(adminUrl, prefix, login));
  await migrate({ adminUrl, auditAdminUrl, databaseUrl, auditDatabaseUrl, otherLogins });
  await provisionTenant({ adminUrl, databaseUrl, id: 'acme', name: 'Acme' });
  await provisionTenant({ adminUrl, databaseUrl, id: 'globex', name: 'Globex' });
  // Tests say themselves how long a deletion waits.
  await withAdmin(adminUrl, (made) => made.query(`UPDATE openclaw.deletion_wait SET least_ms = 0`));
  for (const kind of kinds) {
    await runDdl(client, 'ALTER DATABASE %I RENAME TO %I', `${prefix}_${kind}_new`, `${prefix}_${kind}`);
  }
}

function kindOf(database: string): string {
  return database.endsWith('_audit') ? 'audit' : 'main';
}

function adminUrlOf(postgres: string, database: string): string {
  const url = new URL(postgres);
  url.pathname = `/${database}`;
  return url.href;
}

function runtimeUrlOf(adminUrl: string, prefix: string, login: LoginKind | 'app' = 'app'): string {
  const url = new URL(adminUrl);
  url.username = roleNames(prefix)[login];
  url.password = password;
  return url.href;
}

function migrationsHash(): string {
  const folder = join(import.meta.dirname, '../../platform/database');
  const hash = createHash('sha256');
  for (const file of globSync('**/*.{ts,sql}', { cwd: folder }).sort()) {
    hash.update(file).update(readFileSync(join(folder, file)));
  }
  return hash.digest('hex').slice(0, 8);
}
