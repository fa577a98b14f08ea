import type { ClientBase } from 'pg';
import { runDdl } from './ddl.ts';
import { codeOf } from './failure.ts';
import { roleNames } from './names.ts';

/**
 * Creates the logins of the processes: no rights of their own in the main database, and none inherited from the roles that
 * they may take. The one from before is there too; a new installation never gives it a password.
 */
export async function createLogins(client: ClientBase, prefix: string): Promise<void> {
  for (const login of loginsOf(prefix)) await createRole(client, login, 'LOGIN');
}

export async function createDirectoryRoles(client: ClientBase, prefix: string): Promise<void> {
  const names = roleNames(prefix);
  const { app, gateway, worker, provisioning, wholeDirectory } = names;
  const ofProcesses = [names.directory, names.workerDirectory, names.provisioningDirectory];
  for (const role of [...ofProcesses, wholeDirectory]) await createRole(client, role, 'NOLOGIN');
  await letTake(client, gateway, names.directory);
  await letTake(client, worker, names.workerDirectory);
  await letTake(client, provisioning, names.provisioningDirectory);
  // Processes of the release before take it.
  await letTake(client, app, names.directory);
  await letTake(client, app, wholeDirectory);
  for (const role of ofProcesses) await letInherit(client, wholeDirectory, role);
}

export async function createTenantRole(client: ClientBase, prefix: string, role: string): Promise<void> {
  await createRole(client, role, 'NOLOGIN');
  for (const login of loginsOf(prefix)) await letTake(client, login, role);
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

/** Database-wide rights, which are not copied with a template: PUBLIC has none, the logins may connect. */
export async function guardDatabase(client: ClientBase, database: string, prefix: string): Promise<void> {
  await runDdl(client, 'REVOKE ALL ON DATABASE %I FROM PUBLIC', database);
  for (const login of loginsOf(prefix))
    await runDdl(client, 'GRANT CONNECT ON DATABASE %I TO %I', database, login);
  await client.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
}

function loginsOf(prefix: string): readonly string[] {
  const { app, gateway, worker, provisioning } = roleNames(prefix);
  return [app, gateway, worker, provisioning];
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
  if (!(await isMember(client, { member, role, option: 'set_option' })))
    await runDdl(client, 'GRANT %I TO %I WITH INHERIT FALSE, SET TRUE', role, member);
}

async function letInherit(client: ClientBase, member: string, role: string): Promise<void> {
  if (!(await isMember(client, { member, role, option: 'inherit_option' })))
    await runDdl(client, 'GRANT %I TO %I WITH INHERIT TRUE, SET FALSE', role, member);
}

interface Membership {
  member: string;
  role: string;
  option: 'set_option' | 'inherit_option';
}

async function isMember(client: ClientBase, { member, role, option }: Membership): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT FROM pg_auth_members
     WHERE roleid = to_regrole(quote_ident($1)) AND member = to_regrole(quote_ident($2)) AND ${option}`,
    [role, member],
  );
  return rows.length > 0;
}
