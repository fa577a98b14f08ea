/** The addresses of the two databases, for the runtime login and for migrations. */
export interface DatabaseUrls {
  databaseUrl: string;
  auditDatabaseUrl: string;
  databaseAdminUrl: string;
  auditDatabaseAdminUrl: string;
}

interface LocalDatabasesOptions {
  /** The superuser's address. */
  adminUrl: string;
  appPassword: string;
}

const names = { main: 'openclaw', audit: 'openclaw_audit', login: 'openclaw_app' };

/** The databases on our own server. Migrations create them, and the runtime login too. */
export function localDatabases({ adminUrl, appPassword }: LocalDatabasesOptions): DatabaseUrls {
  const login = (database: string) => {
    const url = new URL(withDatabase(adminUrl, database));
    url.username = names.login;
    url.password = appPassword;
    return url.toString();
  };
  return {
    databaseUrl: login(names.main),
    auditDatabaseUrl: login(names.audit),
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
