import { type Config, parseConfig } from '../config/parse-config.ts';
import { databaseOf, ensureDatabase, withAdmin, withMigrationLock } from './admin-connection.ts';
import { runDdl } from './ddl.ts';
import { codeOf } from './failure.ts';
import { addressFor, roleNames, rolePrefixOf } from './names.ts';
import { migrateTenant } from './provision-tenant.ts';
import { createDirectoryRoles, createLedgerRoles, createLogins, guardDatabase } from './roles.ts';
import { runMigrations } from './run-migrations.ts';

export interface MigrateOptions {
  /** Main database, as a role that may create roles (and the database, if it is missing). */
  adminUrl: string;
  /** Audit database, likewise. */
  auditAdminUrl: string;
  /** A login of the installation with its password; the prefix of all roles comes from its name. */
  databaseUrl: string;
  /** The same login for the audit database. */
  auditDatabaseUrl: string;
  /** Main database, other logins whose passwords are to be set; they are the same for the audit database. */
  otherLogins?: readonly string[];
  /** Called with one line per step that did something. */
  log?: (line: string) => void;
}

type Log = (line: string) => void;

/** Of the processes that are given their addresses by others: `<PROCESS>_DATABASE_URL`. */
export function otherLoginsOf(config: Pick<Config, OtherLogin>): readonly string[] {
  return [config.gatewayDatabaseUrl, config.workerDatabaseUrl, config.provisioningDatabaseUrl].flatMap(
    (url) => (url === undefined ? [] : [url.reveal()]),
  );
}

type OtherLogin = 'gatewayDatabaseUrl' | 'workerDatabaseUrl' | 'provisioningDatabaseUrl';

/** Migrates both databases and every provisioned tenant to the newest version; waits while another runner does. */
export async function migrate(options: MigrateOptions): Promise<void> {
  const {
    adminUrl,
    auditAdminUrl,
    databaseUrl,
    auditDatabaseUrl,
    otherLogins = [],
    log = () => {},
  } = options;
  const prefix = rolePrefixOf(databaseUrl);
  if (rolePrefixOf(auditDatabaseUrl) !== prefix) {
    throw new RangeError('DATABASE_URL and AUDIT_DATABASE_URL have to name the same login');
  }
  if (otherLogins.some((url) => rolePrefixOf(url) !== prefix)) {
    throw new RangeError(`every login has to begin with ${prefix}_, as that of DATABASE_URL does`);
  }
  await ensureDatabase(adminUrl, log);
  await withMigrationLock(adminUrl, log, async (client) => {
    await createLogins(client, prefix);
    await createDirectoryRoles(client, prefix);
    await guardDatabase(client, databaseOf(adminUrl), prefix);
    await runMigrations(client, {
      folder: 'main',
      name: 'main',
      settings: { 'openclaw.prefix': prefix },
      log,
    });
    const { rows } = await client.query<{ id: string }>(
      "SELECT id FROM openclaw.tenants WHERE status <> 'deleted' ORDER BY id",
    );
    for (const { id } of rows) await migrateTenant(client, { prefix, id, log });
  });
  await ensureDatabase(auditAdminUrl, log);
  await withMigrationLock(auditAdminUrl, log, async (client) => {
    await createLogins(client, prefix);
    await createLedgerRoles(client, prefix);
    await guardDatabase(client, databaseOf(auditAdminUrl), prefix);
    await runMigrations(client, {
      folder: 'audit',
      name: 'audit',
      settings: { 'openclaw.prefix': prefix },
      log,
    });
    await runDdl(client, 'SET ROLE %I', roleNames(prefix).ledgerOwner);
    const { rows } = await client.query<{ made: number }>('SELECT ledger.make_partitions(1, 12) AS made');
    for (const { made } of rows) if (made > 0) log(`audit: ${made} monthly partitions made`);
  });
  for (const url of [databaseUrl, ...otherLogins]) {
    await ensurePassword(adminUrl, url, log);
    await ensurePassword(auditAdminUrl, addressFor(auditDatabaseUrl, new URL(url)), log);
  }
}

/** Sets the login's password only when logging in fails, so that a password managed elsewhere stays as it is. */
async function ensurePassword(adminUrl: string, runtimeUrl: string, log: Log): Promise<void> {
  if (!(await isRefused(runtimeUrl))) return;
  const { username, password: encoded } = new URL(runtimeUrl);
  const [login, password] = [decodeURIComponent(username), decodeURIComponent(encoded)];
  if (password === '') throw new RangeError(`the connection string of ${login} carries no password`);
  // Two runners that alter a role at the same moment make each other fail.
  await withMigrationLock(adminUrl, log, async (client) => {
    if (!(await isRefused(runtimeUrl))) return;
    await runDdl(client, 'ALTER ROLE %I PASSWORD %L', login, password);
    log(`${login}: password set`);
  });
  await withAdmin(runtimeUrl, async () => {});
}

async function isRefused(runtimeUrl: string): Promise<boolean> {
  return withAdmin(runtimeUrl, async () => false).catch((error: unknown) => {
    if (error instanceof Error && codeOf(error.cause)?.startsWith('28') === true) return true;
    throw error;
  });
}

if (import.meta.main) {
  const { config } = parseConfig({
    env: process.env,
    needs: ['DATABASE_ADMIN_URL', 'AUDIT_DATABASE_ADMIN_URL', 'DATABASE_URL', 'AUDIT_DATABASE_URL'],
  });
  await migrate({
    adminUrl: config.databaseAdminUrl.reveal(),
    auditAdminUrl: config.auditDatabaseAdminUrl.reveal(),
    databaseUrl: config.databaseUrl.reveal(),
    auditDatabaseUrl: config.auditDatabaseUrl.reveal(),
    otherLogins: otherLoginsOf(config),
    log: (line) => console.log(line),
  });
}
