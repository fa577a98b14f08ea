import { addressFor, type LoginKind } from '#platform/database/names.ts';

/** The addresses of the two databases, for the runtime login and for migrations. */
export interface DatabaseUrls {
  databaseUrl: string;
  auditDatabaseUrl: string;
  databaseAdminUrl: string;
  auditDatabaseAdminUrl: string;
  /** Each process's own; absent = all take the first two. */
  ofProcess?: Readonly<Record<LoginKind, Pick<DatabaseUrls, 'databaseUrl' | 'auditDatabaseUrl'>>>;
}

interface LocalDatabasesOptions {
  /** The superuser's address. */
  adminUrl: string;
  appPassword: string;
}

const names = { main: 'openclaw', audit: 'openclaw_audit' };

/**
 * The databases on our own server. Migrations create them, and the logins too: one for each process, and one that may do all,
 * for what is set up here and for tests.
 */
export function localDatabases({ adminUrl, appPassword }: LocalDatabasesOptions): DatabaseUrls {
  const as = (login: LoginKind | 'app') => {
    const credentials = { username: `openclaw_${login}`, password: appPassword };
    return {
      databaseUrl: addressFor(withDatabase(adminUrl, names.main), credentials),
      auditDatabaseUrl: addressFor(withDatabase(adminUrl, names.audit), credentials),
    };
  };
  return {
    ...as('app'),
    ofProcess: { gateway: as('gateway'), worker: as('worker'), provisioning: as('provisioning') },
    databaseAdminUrl: withDatabase(adminUrl, names.main),
    auditDatabaseAdminUrl: withDatabase(adminUrl, names.audit),
  };
}

/**
 * The databases on a server that somebody else runs. Unless variables say otherwise, audit is the database of the same
 * name with `_audit` on the same server, and migrations use the same login.
 */
export function externalDatabases(env: NodeJS.ProcessEnv, databaseUrl: string): DatabaseUrls {
  const auditDatabaseUrl =
    env['AUDIT_DATABASE_URL'] ??
    env['AUDIT_DB_CONNECTION_STRING'] ??
    withDatabase(databaseUrl, `${databaseName(databaseUrl)}_audit`);
  const adminUrl = env['DATABASE_ADMIN_URL'];
  return {
    databaseUrl,
    auditDatabaseUrl,
    databaseAdminUrl: adminUrl ?? databaseUrl,
    auditDatabaseAdminUrl:
      env['AUDIT_DATABASE_ADMIN_URL'] ??
      (adminUrl ? withDatabase(adminUrl, databaseName(auditDatabaseUrl)) : auditDatabaseUrl),
  };
}

function databaseName(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.toString();
}
