import { CodedError } from '#domain/error.ts';
import { withMigrationLock } from './admin-connection.ts';
import { runDdl } from './ddl.ts';
import { rolePrefixOf, tenantNames } from './names.ts';
import { migrationsSchema } from './run-migrations.ts';

interface DropOptions {
  adminUrl: string;
  /** The runtime login; its name begins with the prefix of the roles. */
  databaseUrl: string;
  id: string;
  log?: (line: string) => void;
}

/**
 * Drops sessions, schema, bookkeeping and role of a tenant whose destruction has begun; its row and its audit stay.
 * Safe to repeat. Throws `TENANT_NOT_READY` for any other tenant: nothing that can still be called off may be damaged.
 */
export async function dropTenant({ adminUrl, databaseUrl, id, log = () => {} }: DropOptions): Promise<void> {
  const { role, schema } = tenantNames(rolePrefixOf(databaseUrl), id);
  await withMigrationLock(adminUrl, log, async (client) => {
    const { rows } = await client.query(
      `SELECT FROM openclaw.tenants WHERE id = $1 AND status = 'deleting' AND destroying_since IS NOT NULL`,
      [id],
    );
    if (rows.length === 0) throw new CodedError('TENANT_NOT_READY');
    await client.query('DELETE FROM openclaw.sessions WHERE tenant_id = $1', [id]);
    await runDdl(client, 'DROP SCHEMA IF EXISTS %I CASCADE', schema);
    await runDdl(client, 'DROP TABLE IF EXISTS %I.%I', migrationsSchema, schema);
    // It owned nothing; its grants went with the schema.
    await runDdl(client, 'DROP ROLE IF EXISTS %I', role);
    log(`tenant ${id}: sessions, schema and role dropped`);
  });
}
