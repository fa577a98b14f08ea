import { CodedError } from '#domain/error.ts';
import { tenantIdPattern } from '#domain/ids.ts';

// Roles are cluster-wide, so their names begin with the prefix of the installation; schemas belong to one database and
// need none.

const loginPattern = /^([a-z][a-z0-9_]{0,18})_app$/;

/** Schema of what all tenants share: the directory of tenants, and sessions. */
export const directorySchema = 'openclaw';

/** Prefix of the installation's roles, from the runtime login `<prefix>_app` of a connection string. */
export function rolePrefixOf(runtimeUrl: string): string {
  const login = decodeURIComponent(new URL(runtimeUrl).username);
  const prefix = loginPattern.exec(login)?.[1];
  if (prefix === undefined) {
    throw new RangeError(`the runtime login is called "${login}"; it has to look like openclaw_app`);
  }
  return prefix;
}

/** Every role of an installation that belongs to no tenant. */
export function roleNames(prefix: string) {
  return {
    /** The only one that can log in; it has no rights of its own in the main database. */
    app: `${prefix}_app`,
    directory: `${prefix}_directory`,
    ledgerOwner: `${prefix}_ledger_owner`,
    ledgerWriter: `${prefix}_ledger_writer`,
    ledgerReader: `${prefix}_ledger_reader`,
  } as const;
}

/** Throws `TENANT_UNKNOWN` for text that is no tenant id. */
export function tenantNames(prefix: string, tenantId: string): { role: string; schema: string } {
  if (!tenantIdPattern.test(tenantId)) throw new CodedError('TENANT_UNKNOWN');
  return { role: `${prefix}_t_${tenantId}`, schema: `tenant_${tenantId}` };
}
