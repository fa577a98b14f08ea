import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { withAdmin, withMigrationLock } from '#platform/database/admin-connection.ts';
import { runDdl } from '#platform/database/ddl.ts';
import { type MigrateOptions, migrate } from '#platform/database/migrate.ts';
import { rolePrefixOf } from '#platform/database/names.ts';
import { provisionTenant } from '#platform/database/provision-tenant.ts';
import { patience } from '../../support/patience.ts';

const postgres = inject('postgresAdminUrl');
const installations: string[] = [];

/** Options of an installation that doesn't exist yet. */
function newInstallation(admin = postgres): Required<MigrateOptions> & { lines: string[] } {
  const prefix = `m${randomBytes(4).toString('hex')}`;
  installations.push(prefix);
  const lines: string[] = [];
  const urlOf = (base: string, database: string, login?: string) => {
    const url = new URL(base);
    url.pathname = `/${prefix}_${database}`;
    if (login !== undefined) Object.assign(url, { username: login, password: 'p/a:ss@word' });
    return url.href;
  };
  return {
    adminUrl: urlOf(admin, 'main'),
    auditAdminUrl: urlOf(admin, 'audit'),
    databaseUrl: urlOf(postgres, 'main', `${prefix}_app`),
    auditDatabaseUrl: urlOf(postgres, 'audit', `${prefix}_app`),
    otherLogins: ['gateway', 'worker', 'provisioning'].map((login) =>
      urlOf(postgres, 'main', `${prefix}_${login}`),
    ),
    log: (line) => lines.push(line),
    lines,
  };
}

afterAll(() =>
  withAdmin(postgres, async (client) => {
    const { rows: left } = await client.query<{ name: string }>(
      'SELECT datname AS name FROM pg_database WHERE split_part(datname, $2, 1) = ANY($1)',
      [installations, '_'],
    );
    for (const { name } of left) await runDdl(client, 'DROP DATABASE %I WITH (FORCE)', name);
    const { rows: roles } = await client.query<{ name: string }>(
      // An administrator goes last: it granted the others.
      `SELECT rolname AS name FROM pg_roles WHERE split_part(rolname, $2, 1) = ANY($1)
       ORDER BY rolname LIKE '%admin', rolname`,
      [installations, '_'],
    );
    for (const { name } of roles) await runDdl(client, 'DROP ROLE %I', name);
  }),
);

describe('migrate', () => {
  it('makes everything on an empty server, and nothing the second time', async () => {
    const options = newInstallation();
    await migrate(options);
    await provisionTenant({ ...options, id: 'acme', name: 'Acme' });
    expect(options.lines).toContain('audit: 14 monthly partitions made');
    expect(options.lines.filter((line) => line.includes('created'))).toHaveLength(2);
    expect(options.lines.some((line) => line.startsWith('tenant_acme: 0001_requests'))).toBe(true);
    options.lines.length = 0;
    await migrate(options);
    await provisionTenant({ ...options, id: 'acme', name: 'Acme' });
    expect(options.lines).toEqual([]);
    await withAdmin(options.databaseUrl, (client) => client.query('SELECT 1'));
  });

  it('lets several runners start at once', async () => {
    const options = newInstallation();
    await Promise.all([1, 2, 3].map(() => migrate(options)));
    expect(options.lines.filter((line) => line.startsWith('main: '))).toHaveLength(1);
    expect(options.lines.filter((line) => line.startsWith('audit: 0001'))).toHaveLength(1);
    await Promise.all([1, 2].map(() => provisionTenant({ ...options, id: 'acme', name: 'Acme' })));
    expect(options.lines.filter((line) => line.startsWith('tenant_acme: '))).toHaveLength(1);
  });

  it('says so and waits while another runner holds the lock', async () => {
    const options = newInstallation();
    await migrate(options);
    options.lines.length = 0;
    let waiting: Promise<void> | undefined;
    await withMigrationLock(options.adminUrl, options.log, async () => {
      waiting = migrate(options);
      await expect
        .poll(() => options.lines, patience)
        .toEqual(['another migration is running; waiting for it']);
    });
    await waiting;
  });

  it('works as an administrator who is no superuser, and walls that one off too', async () => {
    const admin = `${newInstallation().databaseUrl.split('//')[1]?.split('_app')[0]}_admin`;
    await withAdmin(postgres, (client) =>
      runDdl(client, `CREATE ROLE %I LOGIN CREATEDB CREATEROLE PASSWORD 'test'`, admin),
    );
    const url = Object.assign(new URL(postgres), { username: admin, password: 'test' });
    const options = newInstallation(url.href);
    await migrate(options);
    await provisionTenant({ ...options, id: 'acme', name: 'Acme' });
    await migrate(options);
    await withAdmin(options.auditAdminUrl, async (client) => {
      await expect(client.query('DELETE FROM ledger.audit_entries')).rejects.toMatchObject({ code: '42501' });
    });
    await withAdmin(options.auditDatabaseUrl, async (client) => {
      const { rows } = await client.query(
        `SELECT ledger.read_entries('acme', '{"kind":"tenant"}', '{}', '{"limit":1}') AS page`,
      );
      expect(rows[0].page).toEqual({ total: 0, more: false, entries: [] });
    });
  });

  it('refuses logins that do not tell the prefix, or are not the same', async () => {
    const options = newInstallation();
    const other = options.databaseUrl.replace('_app', '_other');
    await expect(migrate({ ...options, databaseUrl: other })).rejects.toThrow('openclaw_app');
    const [a, b] = [options, newInstallation()];
    await expect(migrate({ ...a, auditDatabaseUrl: b.auditDatabaseUrl })).rejects.toThrow('same login');
    expect(rolePrefixOf('postgres://openclaw_app:pw@h/db')).toBe('openclaw');
  });

  it('is DATABASE_UNAVAILABLE where nobody listens', async () => {
    const options = newInstallation();
    const adminUrl = Object.assign(new URL(options.adminUrl), { port: '1' }).href;
    await expect(migrate({ ...options, adminUrl })).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });
});
