import type { Kysely } from 'kysely';
import { CodedError } from '#domain/error.ts';
import { directorySchema, tenantNames } from './names.ts';
import type { Database } from './pool.ts';
import { inRole } from './role-transaction.ts';

/** Runs `work` in one transaction as the tenant, in the tenant's schema. */
export type InTenant<Tables> = <Result>(
  tenantId: string,
  work: (tx: Kysely<Tables>) => Promise<Result>,
) => Promise<Result>;

/** Runs `work` in one transaction in the shared schema `openclaw`. */
export type InDirectory<Tables> = <Result>(work: (tx: Kysely<Tables>) => Promise<Result>) => Promise<Result>;

/**
 * PostgreSQL itself looks up the tenant: a role that doesn't exist, or that the login may not take, is
 * `TENANT_UNKNOWN`, and so is an id that doesn't match the pattern.
 */
export function createInTenant<Tables>(database: Database, prefix: string): InTenant<Tables> {
  return async (tenantId, work) => {
    const { role, schema } = tenantNames(prefix, tenantId);
    const refused = (cause: unknown) => new CodedError('TENANT_UNKNOWN', { cause });
    return inRole(database, { role, schema, work, refused });
  };
}

/** As the role that the process has there (`directoryRoleOf`). */
export function createInDirectory<Tables>(database: Database, role: string): InDirectory<Tables> {
  const refused = (cause: unknown) => new CodedError('DATABASE_UNAVAILABLE', { cause });
  return (work) => inRole(database, { role, schema: directorySchema, work, refused });
}
