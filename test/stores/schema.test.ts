import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approvalStates } from '#domain/approval/approval.ts';
import { classifications } from '#domain/classification/classification.ts';
import { roles } from '#domain/person/role.ts';
import { policyLevels } from '#domain/policy/policy.ts';
import { verdicts } from '#domain/policy/verdict.ts';
import { actionStates, requestStates } from '#domain/request/request.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { createTestDatabases, type TestDatabases } from '../support/database.ts';

interface Column {
  table: string;
  column: string;
  type: string;
  nullable: boolean;
}

/** Columns whose name says all, wherever they stand. */
const obvious = new Set(
  `id name tenant_id request_id decision_id approval_id policy_id n version user_id role org_unit email
    requester_id requester_org_unit created_by created_at updated_at finished_at expires_at decided_at
    claimed_at recorded_at action connector effect target input_ref result_ref reason_ref choice verdict
    classification dedupe_key model_used policy_reason outcome at revision domain level rules
    change_reason round run_id`.split(/\s+/),
);

let databases: TestDatabases;

beforeAll(async () => {
  databases = await createTestDatabases();
});
afterAll(() => databases.drop());

const stores = join(import.meta.dirname, '../../stores');
const source = ['schema.ts', ...globSync('*/tables.ts', { cwd: stores })]
  .map((file) => readFileSync(join(stores, file), 'utf8'))
  .join('\n');

/** What `interface <name> extends … {}` joins. */
function joinedIn(name: string): string[] {
  const list = new RegExp(`interface ${name}\\s+extends ([^{]+)\\{\\}`).exec(source)?.[1] ?? '';
  return list.split(',').map((joined) => joined.trim());
}

/** The body of `interface <name> { … }` as pairs of property and type. */
function propertiesOf(name: string): [string, string][] {
  const body = new RegExp(`interface ${name} \\{\\n([^}]*)\\}`).exec(source)?.[1] ?? '';
  return [...body.matchAll(/^ {2}(\w+): ([^;]+);$/gm)].map(([, property = '', type = '']) => [
    property,
    type,
  ]);
}

function postgresTypes(type: string): string[] {
  const bare = type.replace(' | null', '').replace(/^Generated<(.+)>$/, '$1');
  if (bare === 'Timestamp' || bare === 'GeneratedTimestamp') return ['timestamp with time zone'];
  if (bare === 'Bytes' || bare.includes('Uint8Array')) return ['bytea'];
  if (bare === 'Json') return ['jsonb'];
  if (bare === 'number') return ['integer', 'bigint'];
  if (bare === 'boolean') return ['boolean'];
  return ['text'];
}

function declared(tables: string): Column[] {
  const rows = joinedIn(tables).flatMap(propertiesOf);
  return rows.flatMap(([table, type]) =>
    propertiesOf(type).map(([column, columnType]) => ({
      table,
      column,
      type: postgresTypes(columnType).join(' or '),
      nullable: columnType.endsWith('| null'),
    })),
  );
}

async function migrated(schema: string): Promise<Column[]> {
  return withAdmin(databases.adminUrl, async (client) => {
    const { rows } = await client.query<Column>(
      `SELECT table_name AS table, column_name AS column, is_nullable = 'YES' AS nullable,
         CASE WHEN data_type IN ('integer', 'bigint') THEN 'integer or bigint' ELSE data_type END AS type
       FROM information_schema.columns WHERE table_schema = $1`,
      [schema],
    );
    return rows;
  });
}

function sorted(columns: readonly Column[]): Column[] {
  return columns.toSorted((a, b) => `${a.table}.${a.column}`.localeCompare(`${b.table}.${b.column}`));
}

describe('stores/schema.ts', () => {
  it.each([
    ['TenantTables', 'tenant_acme', 60],
    ['DirectoryTables', 'openclaw', 11],
  ])('%s says the same as the migrated schema %s, both ways', async (tables, schema, atLeast) => {
    const fromTypes = declared(tables);
    expect(fromTypes.length).toBeGreaterThanOrEqual(atLeast);
    expect(sorted(fromTypes)).toEqual(sorted(await migrated(schema)));
  });
});

describe('comments', () => {
  it.each([
    ['adminUrl', 'tenant_acme'],
    ['adminUrl', 'openclaw'],
    ['auditAdminUrl', 'ledger'],
  ] as const)('every table and function of %s %s carries one', async (url, schema) => {
    await withAdmin(databases[url], async (client) => {
      const { rows } = await client.query<{ name: string; comment: string | null }>(
        `SELECT relname AS name, obj_description(oid, 'pg_class') AS comment FROM pg_class
         WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p')
         UNION ALL
         SELECT proname, obj_description(oid, 'pg_proc') FROM pg_proc WHERE pronamespace = $1::regnamespace`,
        [schema],
      );
      expect(rows.length).toBeGreaterThan(1);
      expect(rows.filter((row) => row.comment === null)).toEqual([]);
    });
  });

  it.each([
    ['adminUrl', 'tenant_acme'],
    ['adminUrl', 'openclaw'],
    ['auditAdminUrl', 'ledger'],
  ] as const)('every column of %s %s that is not obvious carries one', async (url, schema) => {
    await withAdmin(databases[url], async (client) => {
      const { rows } = await client.query<{ name: string; column: string; comment: string | null }>(
        `SELECT attrelid::regclass || '.' || attname AS name, attname AS column,
           col_description(attrelid, attnum) AS comment
         FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
         WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND attnum > 0`,
        [schema],
      );
      expect(rows.length).toBeGreaterThan(10);
      const bare = rows.filter((row) => row.comment === null && !obvious.has(row.column));
      expect(bare.map((row) => row.name)).toEqual([]);
    });
  });
});

describe('CHECK constraints', () => {
  it.each<[string, readonly string[]]>([
    ['requests.state', requestStates],
    ['requests.role', roles],
    ['request_actions.state', actionStates],
    ['approvals.state', approvalStates],
    ['approvals.approver_role', roles],
    ['approval_votes.role', roles],
    ['content.classification', classifications],
    ['request_actions.classification', classifications],
    ['request_actions.verdict', verdicts],
    ['policies.level', policyLevels],
  ])('of %s lists the words of the domain', async (place, words) => {
    const [table = '', column = ''] = place.split('.');
    await withAdmin(databases.adminUrl, async (client) => {
      const { rows } = await client.query<{ definition: string }>(
        `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint
         WHERE conrelid = ('tenant_acme.' || $1)::regclass AND conname = $1 || '_' || $2 || '_check'`,
        [table, column],
      );
      const listed = [...(rows[0]?.definition ?? '').matchAll(/'(\w+)'::text/g)].map(([, word]) => word);
      expect(listed.toSorted()).toEqual(words.toSorted());
    });
  });
});
