import type { ClientBase } from 'pg';
import { runDdl } from './ddl.ts';
import { codeOf } from './failure.ts';
import { roleNames } from './names.ts';

/** Creates the runtime login: no rights of its own, and none inherited from the roles that it may take. */
export async function createAppLogin(client: ClientBase, prefix: string): Promise<void> {
  await createRole(client, roleNames(prefix).app, 'LOGIN');
}

export async function createDirectoryRole(client: ClientBase, prefix: string): Promise<void> {
  const { app, directory } = roleNames(prefix);
  await createRole(client, directory, 'NOLOGIN');
  await letTake(client, app, directory);
}

export async function createTenantRole(client: ClientBase, prefix: string, role: string): Promise<void> {
  await createRole(client, role, 'NOLOGIN');
  await letTake(client, roleNames(prefix).app, role);
}

/** Only the migration itself takes these roles, to create what they own. */
export async function createLedgerRoles(client: ClientBase, prefix: string): Promise<void> {
  const { ledgerOwner, ledgerWriter, ledgerReader } = roleNames(prefix);
  const { rows } = await client.query<{ me: string; rolsuper: boolean }>(
    'SELECT rolname AS me, rolsuper FROM pg_roles WHERE rolname = current_user',
  );
  for (const role of [ledgerOwner, ledgerWriter, ledgerReader]) {
    await createRole(client, role, 'NOLOGIN');
    for (const { me, rolsuper } of rows) if (!rolsuper) await letTake(client, me, role);
  }
}

/** Database-wide rights, which are not copied with a template: PUBLIC has none, the login may connect. */
export async function guardDatabase(client: ClientBase, database: string, prefix: string): Promise<void> {
  await runDdl(client, 'REVOKE ALL ON DATABASE %I FROM PUBLIC', database);
  await runDdl(client, 'GRANT CONNECT ON DATABASE %I TO %I', database, roleNames(prefix).app);
  await client.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
}

async function createRole(client: ClientBase, role: string, login: 'LOGIN' | 'NOLOGIN'): Promise<void> {
  const { rows } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  if (rows.length > 0) return;
  try {
    await runDdl(client, `CREATE ROLE %I ${login} NOINHERIT`, role);
  } catch (error) {
    // Roles are cluster-wide: the runner of another database may have been faster.
    if (codeOf(error) !== '42710' && codeOf(error) !== '23505') throw error;
  }
}

async function letTake(client: ClientBase, member: string, role: string): Promise<void> {
  const { rows } = await client.query(
    `SELECT FROM pg_auth_members
     WHERE roleid = to_regrole(quote_ident($1)) AND member = to_regrole(quote_ident($2)) AND set_option`,
    [role, member],
  );
  if (rows.length > 0) return;
  await runDdl(client, 'GRANT %I TO %I WITH INHERIT FALSE, SET TRUE', role, member);
}
