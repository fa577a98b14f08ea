import type { Kysely } from 'kysely';
import { directoryRoleOf, rolePrefixOf } from '#platform/database/names.ts';
import { createDatabase, type DatabaseOptions } from '#platform/database/pool.ts';
import { createInDirectory, createInTenant } from '#platform/database/tenant-transaction.ts';
import type { DirectoryTables, TenantTables } from './schema.ts';

/** Queries of one running transaction in a tenant's schema, under the tenant's role. */
export type TenantTx = Kysely<TenantTables>;

/** Queries of one running transaction in the shared schema `openclaw`. */
export type DirectoryTx = Kysely<DirectoryTables>;

export interface TenantDatabase {
  /** One transaction as the tenant; throws `TENANT_UNKNOWN`, `DATABASE_UNAVAILABLE`, or what `work` throws. */
  inTenant<Result>(tenantId: string, work: (tx: TenantTx) => Promise<Result>): Promise<Result>;
}

export interface DirectoryDatabase {
  /** One transaction as the role that the process has in the schema of all tenants. */
  inDirectory<Result>(work: (tx: DirectoryTx) => Promise<Result>): Promise<Result>;
}

export interface StoreDatabase extends TenantDatabase, DirectoryDatabase {
  /** One round trip to the server; throws `DATABASE_UNAVAILABLE`. For `/readyz`. */
  ping(): Promise<void>;
  /** Connections of the runtime login to this database under that application name, from all processes. */
  connectionsCalled(applicationName: string): Promise<number>;
  close(): Promise<void>;
}

export interface DatabaseSettings extends DatabaseOptions {
  /** Login of the process, such as `<prefix>_gateway`. */
  url: string;
}

export function openDatabase({ url, ...options }: DatabaseSettings): StoreDatabase {
  const prefix = rolePrefixOf(url);
  const database = createDatabase(url, options);
  return {
    inTenant: createInTenant<TenantTables>(database, prefix),
    inDirectory: createInDirectory<DirectoryTables>(database, directoryRoleOf(url)),
    async ping() {
      await database.query('SELECT 1', []);
    },
    async connectionsCalled(applicationName) {
      const [row] = await database.query<{ count: number }>(
        `SELECT count(*) FROM pg_stat_activity
         WHERE application_name = $1 AND usename = session_user AND datname = current_database()`,
        [applicationName],
      );
      return row?.count ?? 0;
    },
    close: () => database.close(),
  };
}
