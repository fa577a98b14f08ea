import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { roleNames, tenantNames } from '#platform/database/names.ts';
import { plannedRequest } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;

beforeAll(async () => {
  opened = await openTestStores();
  await plannedRequest(opened.stores.requests);
});
afterAll(() => opened.close());

const denied = { code: '42501' };
const insertOnly = { code: '23001' };

/** Runs raw SQL in a transaction as a tenant, exactly as the stores do. */
function asTenant(tenantId: string, statement: string) {
  return opened.stores.database.inTenant(tenantId, (tx) => sql.raw<object>(statement).execute(tx));
}

describe('a tenant', () => {
  it('reads its own schema, and no table of another’s', async () => {
    expect((await asTenant('acme', 'SELECT id FROM requests')).rows.length).toBeGreaterThan(0);
    expect((await asTenant('globex', 'SELECT id FROM requests')).rows).toEqual([]);
    const tables = await tablesOf('tenant_acme');
    expect(tables).toContain('requests');
    for (const table of tables) {
      await expect(asTenant('globex', `SELECT FROM "tenant_acme"."${table}"`)).rejects.toMatchObject(denied);
    }
  });

  it('reaches neither the shared schema nor the bookkeeping of migrations', async () => {
    for (const table of ['openclaw.tenants', 'openclaw.sessions', 'openclaw_migrations.main']) {
      await expect(asTenant('acme', `SELECT FROM ${table}`)).rejects.toMatchObject(denied);
    }
  });

  it('changes nothing that is insert-only, and deletes nothing but what comes and goes', async () => {
    const passing = ['grants', 'policy_canaries', 'policy_previews'];
    for (const table of ['content', 'approval_votes']) {
      const key = table === 'content' ? 'id' : 'vote_id';
      await expect(asTenant('acme', `UPDATE ${table} SET ${key} = ${key}`)).rejects.toMatchObject(denied);
    }
    for (const table of await tablesOf('tenant_acme')) {
      const deleted = asTenant('acme', `DELETE FROM ${table}`);
      if (passing.includes(table)) await expect(deleted).resolves.toBeDefined();
      else await expect(deleted).rejects.toMatchObject(denied);
      await expect(asTenant('acme', `TRUNCATE ${table} CASCADE`)).rejects.toMatchObject(denied);
    }
  });

  it('can neither rewrite who asked nor drop a trigger nor create a table', async () => {
    const statements = [
      `UPDATE requests SET user_id = 'someone'`,
      `UPDATE request_actions SET input_ref = input_ref`,
      `UPDATE approvals SET digest = digest`,
      `UPDATE policies SET rules = '{}'`,
      `DROP TRIGGER content_insert_only ON content`,
      `ALTER TABLE content DISABLE TRIGGER ALL`,
      'CREATE TABLE mine (a int)',
      'CREATE TEMP TABLE mine (a int)',
    ];
    for (const statement of statements) {
      await expect(asTenant('acme', statement)).rejects.toMatchObject(denied);
    }
  });

  it('is not left behind on the connection', async () => {
    await asTenant('acme', 'SELECT 1');
    await opened.stores.database.inDirectory(async (tx) => {
      const { rows } = await sql<{ role: string; path: string }>`
        SELECT current_user AS role, current_setting('search_path') AS path`.execute(tx);
      expect(rows[0]).toEqual({
        role: roleNames(opened.databases.prefix).wholeDirectory,
        path: 'openclaw, pg_temp',
      });
    });
  });
});

describe('the owner of content and votes', () => {
  it('is refused by the trigger, in replication mode too', async () => {
    await withAdmin(opened.databases.adminUrl, async (client) => {
      for (const table of ['content', 'approval_votes']) {
        for (const statement of [`DELETE FROM`, `TRUNCATE`]) {
          const whole = `${statement} tenant_acme.${table}${statement === 'TRUNCATE' ? ' CASCADE' : ''}`;
          await expect(client.query(whole)).rejects.toMatchObject(insertOnly);
          const replica = `SET LOCAL session_replication_role = replica; ${whole}`;
          await expect(client.query(replica)).rejects.toMatchObject(insertOnly);
        }
      }
    });
  });
});

describe('the runtime login', () => {
  it('has no right of its own', async () => {
    await withAdmin(opened.databases.databaseUrl, async (client) => {
      for (const table of ['tenant_acme.requests', 'openclaw.tenants', 'openclaw.sessions']) {
        await expect(client.query(`SELECT FROM ${table}`)).rejects.toMatchObject(denied);
      }
      await expect(client.query('CREATE TABLE public.mine (a int)')).rejects.toMatchObject(denied);
    });
  });

  it('is no superuser, creates nothing, and inherits nothing', async () => {
    const { app } = roleNames(opened.databases.prefix);
    await withAdmin(opened.databases.adminUrl, async (client) => {
      const { rows } = await client.query(
        `SELECT rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls
         FROM pg_roles WHERE rolname = $1`,
        [app],
      );
      expect(Object.values(rows[0]).every((right) => right === false)).toBe(true);
      const { rows: inherited } = await client.query(
        `SELECT roleid FROM pg_auth_members JOIN pg_roles ON pg_roles.oid = member
         WHERE rolname = $1 AND (inherit_option OR admin_option)`,
        [app],
      );
      expect(inherited).toEqual([]);
    });
  });

  it('takes no role of another installation', async () => {
    await withAdmin(opened.databases.adminUrl, (client) =>
      client.query('CREATE ROLE stranger_t_acme NOLOGIN'),
    );
    await withAdmin(opened.databases.databaseUrl, async (client) => {
      await expect(client.query('SET ROLE stranger_t_acme')).rejects.toMatchObject(denied);
    });
    await withAdmin(opened.databases.adminUrl, (client) => client.query('DROP ROLE stranger_t_acme'));
  });
});

describe('the directory role', () => {
  it('keeps tenants, sessions and wrapped keys, and nothing else', async () => {
    const attempt = (statement: string) =>
      opened.stores.database.inDirectory((tx) => sql.raw(statement).execute(tx));
    await attempt('SELECT FROM tenants');
    const refused = [
      'DELETE FROM tenants',
      `UPDATE tenants SET id = 'other'`,
      `UPDATE sessions SET user_id = 'someone'`,
      'DELETE FROM data_keys',
      `UPDATE data_keys SET tenant_id = 'globex'`,
      'DELETE FROM head_publications',
      'UPDATE head_publications SET tenant_id = tenant_id',
      'SELECT FROM openclaw_migrations.main',
      'CREATE TABLE mine ()',
      'SELECT FROM tenant_acme.requests',
    ];
    for (const statement of refused) {
      await expect(attempt(statement)).rejects.toMatchObject(denied);
    }
  });
});

describe('tenantNames', () => {
  it('keeps role names within what PostgreSQL keeps of a name', () => {
    const longest = tenantNames('p'.repeat(19), `t${'e'.repeat(39)}`);
    expect(Buffer.byteLength(longest.role)).toBeLessThanOrEqual(63);
    expect(Buffer.byteLength(longest.schema)).toBeLessThanOrEqual(63);
    expect(() => tenantNames('p', `t${'e'.repeat(40)}`)).toThrow();
  });
});

async function tablesOf(schema: string): Promise<string[]> {
  return withAdmin(opened.databases.adminUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'SELECT tablename AS name FROM pg_tables WHERE schemaname = $1',
      [schema],
    );
    return rows.map((row) => row.name);
  });
}
