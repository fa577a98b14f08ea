import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { runDdl } from '#platform/database/ddl.ts';
import { tenantNames } from '#platform/database/names.ts';
import { auditRights } from '#platform/database/rights/audit.ts';
import { mainRights, serverRights } from '#platform/database/rights/main.ts';
import type { Right } from '#platform/database/rights/right.ts';
import { tenantRights } from '#platform/database/rights/tenant.ts';
import { createTestDatabases, type TestDatabases } from '../../support/database.ts';
import { readGrants } from '../../support/grant-catalog.ts';

let databases: TestDatabases;

beforeAll(async () => {
  databases = await createTestDatabases();
});
afterAll(() => databases?.drop());

const tenants = ['acme', 'globex'];

/** One line for each object, as the catalogue has it. */
function linesOf(rights: readonly Right[], schema: string): string[] {
  const single = rights.flatMap(({ to, ...right }) => to.split(', ').map((role) => ({ ...right, to: role })));
  return single.flatMap(({ to, may, on }) =>
    on.flatMap((object) => {
      if (object === 'schema') return [`${to} ${may} schema ${schema}`];
      const [, columnsOf, columns] = /^(\w+) \((.+)\)$/.exec(object) ?? [];
      if (columnsOf !== undefined && columns !== undefined)
        return columns.split(', ').map((column) => `${to} ${may} ${schema}.${columnsOf}.${column}`);
      if (object.startsWith('partitions of '))
        return [`${to} ${may} partitions of ${schema}.${object.slice(14)}`];
      if (/^(schema |role |the )/.test(object)) return [`${to} ${may} ${object}`];
      return [`${to} ${may} ${schema}.${object.replaceAll('@', schema)}`];
    }),
  );
}

const listed = {
  main: () => [
    ...linesOf(serverRights, ''),
    ...linesOf(mainRights, 'openclaw'),
    ...tenants.flatMap((id) => {
      const { schema } = tenantNames('', id);
      return linesOf(tenantRights, schema).map((line) => line.replace(/^tenant /, `t_${id} `));
    }),
  ],
  audit: () => [...linesOf(serverRights, ''), ...linesOf(auditRights, 'ledger')],
};

async function compare(database: 'main' | 'audit'): Promise<string[]> {
  const url = database === 'main' ? databases.adminUrl : databases.auditAdminUrl;
  const found = await withAdmin(url, (client) => readGrants(client, databases.prefix));
  const wanted = listed[database]();
  return [
    ...found
      .filter((line) => !wanted.includes(line))
      .map((line) => `granted, but not listed in platform/database/rights: ${line}`),
    ...wanted
      .filter((line) => !found.includes(line))
      .map((line) => `listed in platform/database/rights, but not granted: ${line}`),
  ];
}

describe('platform/database/rights', () => {
  it.each(['main', 'audit'] as const)(
    'lists what is granted in the %s database, and nothing else',
    async (one) => {
      expect(await compare(one)).toEqual([]);
    },
  );

  it('says each right once, with its reason', () => {
    for (const lines of [listed.main(), listed.audit()]) expect(new Set(lines).size).toBe(lines.length);
    for (const { why } of [...serverRights, ...mainRights, ...tenantRights, ...auditRights])
      expect(why.length).toBeGreaterThan(4);
  });

  // Of each kind of thing that can be granted, one more than is listed: each is found.
  it.each<[string, 'main' | 'audit', string, string]>([
    ['a table', 'main', 'GRANT DELETE ON openclaw.tenants TO %I', 'directory DELETE openclaw.tenants'],
    [
      'a column',
      'main',
      'GRANT UPDATE (id) ON openclaw.tenants TO %I',
      'directory UPDATE openclaw.tenants.id',
    ],
    [
      'a table of a tenant',
      'main',
      'GRANT TRUNCATE ON tenant_acme.people TO %I',
      'directory TRUNCATE tenant_acme.people',
    ],
    [
      'a function',
      'audit',
      'GRANT EXECUTE ON FUNCTION ledger.add_entries TO %I',
      'directory EXECUTE ledger.add_entries(text,jsonb)',
    ],
    [
      'a partition',
      'audit',
      `DO $$ BEGIN EXECUTE (SELECT format('GRANT DELETE ON %%s TO %I', inhrelid::regclass) FROM pg_inherits i JOIN pg_class c ON c.oid = inhrelid WHERE c.relkind = 'r' LIMIT 1); END $$`,
      'directory DELETE partitions of ledger.audit_entries',
    ],
    ['a schema', 'audit', 'GRANT CREATE ON SCHEMA ledger TO %I', 'directory CREATE schema ledger'],
    [
      'the bookkeeping of migrations',
      'main',
      'GRANT SELECT ON openclaw_migrations.main TO %I',
      'directory SELECT openclaw_migrations.main',
    ],
    [
      'a database',
      'main',
      `DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %%I TO %I', current_database()); END $$`,
      'directory TEMPORARY the database',
    ],
    [
      'to everybody',
      'main',
      'GRANT SELECT ON openclaw.sessions TO PUBLIC',
      'PUBLIC SELECT openclaw.sessions',
    ],
    [
      'a new function',
      'main',
      'CREATE FUNCTION openclaw.mine() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
      'PUBLIC EXECUTE openclaw.mine()',
    ],
    [
      'from now on',
      'main',
      'ALTER DEFAULT PRIVILEGES IN SCHEMA openclaw GRANT SELECT ON TABLES TO %I',
      'directory SELECT what ',
    ],
    ['an owner', 'main', 'ALTER TABLE openclaw.sessions OWNER TO %I', 'directory OWNER openclaw.sessions'],
    [
      'a role',
      'main',
      `DO $$ BEGIN EXECUTE format('GRANT %%I TO %I', replace('%I', '_directory', '_t_acme')); END $$`,
      'directory SET ROLE role tenant',
    ],
  ])('finds what is granted beside it: %s', async (_kind, database, statement, line) => {
    const url = database === 'main' ? databases.adminUrl : databases.auditAdminUrl;
    const found = await withAdmin(url, async (client) => {
      await client.query('BEGIN');
      const role = `${databases.prefix}_directory`;
      await runDdl(client, statement, role, role);
      return readGrants(client, databases.prefix);
    });
    expect(found.filter((one) => one.startsWith(line))).toHaveLength(1);
    expect(listed[database]().filter((one) => one.startsWith(line))).toEqual([]);
  });
});
