import type { Client } from 'pg';
import { CodedError } from '#domain/error.ts';
import { tenantIdPattern } from '#domain/ids.ts';
import { withMigrationLock } from './admin-connection.ts';
import { rolePrefixOf, tenantNames } from './names.ts';
import { createTenantRole } from './roles.ts';
import { runMigrations } from './run-migrations.ts';

export interface ProvisionOptions {
  adminUrl: string;
  /** The runtime login; its name begins with the prefix of the roles. */
  databaseUrl: string;
  /** An id that matches `tenantIdPattern`; anything else is `INVALID_REQUEST`. */
  id: string;
  name: string;
  log?: (line: string) => void;
}

/** Creates schema, role, tables and directory row of one tenant; safe to repeat. Run `migrate` first. */
export async function provisionTenant(options: ProvisionOptions): Promise<void> {
  const { id, name, log = () => {} } = options;
  if (!tenantIdPattern.test(id)) {
    throw new CodedError('INVALID_REQUEST', {
      message: `"${id}" is not a tenant id`,
      detail: { field: 'id' },
    });
  }
  await withMigrationLock(options.adminUrl, log, async (client) => {
    const { rows } = await client.query<{ status: string }>(
      'SELECT status FROM openclaw.tenants WHERE id = $1',
      [id],
    );
    // Its audit and its old histories still use the id.
    if (rows[0]?.status === 'deleted') throw new CodedError('TENANT_EXISTS');
    await migrateTenant(client, { prefix: rolePrefixOf(options.databaseUrl), id, log });
    // Last, so that a tenant in the directory is complete.
    await client.query(
      `INSERT INTO openclaw.tenants (id, name) VALUES ($1, $2)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE tenants.name <> excluded.name`,
      [id, name],
    );
  });
}

interface TenantMigration {
  prefix: string;
  id: string;
  log: (line: string) => void;
}

/** Creates role and schema, and migrates the tables to the newest version. The caller holds the migration lock. */
export async function migrateTenant(client: Client, { prefix, id, log }: TenantMigration): Promise<void> {
  const { role, schema } = tenantNames(prefix, id);
  await createTenantRole(client, prefix, role);
  const settings = { 'openclaw.tenant_role': role };
  await runMigrations(client, { folder: 'tenant', name: schema, schema, settings, log });
}
