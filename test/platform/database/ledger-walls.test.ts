import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { runDdl } from '#platform/database/ddl.ts';
import { roleNames } from '#platform/database/names.ts';
import { effect } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;

const tables = [
  'audit_entries',
  'decisions',
  'dedupe_keys',
  'effect_claims',
  'effect_attempts',
  'attempt_ends',
  'effect_outcomes',
  'legal_holds',
  'legal_hold_releases',
  'gaps',
];
const thisMonth = `audit_entries_${new Date().toISOString().slice(0, 7).replace('-', '_')}`;

beforeAll(async () => {
  opened = await openTestStores();
  const start = effect();
  await opened.stores.ledger.beginEffect('acme', start);
  const end = { n: 1, code: 'api_unreachable', againInMs: null } as const;
  await opened.stores.ledger.endAttempt('acme', start.claim.runId, end);
});
afterAll(() => opened.close());

/** SQLSTATE that a statement ends with, as a role of the audit database; `00000` when it works. */
async function stateOf(
  role: 'admin' | keyof ReturnType<typeof roleNames>,
  statement: string,
): Promise<string> {
  return withAdmin(opened.databases.auditAdminUrl, async (client) => {
    if (role !== 'admin') await runDdl(client, 'SET ROLE %I', roleNames(opened.databases.prefix)[role]);
    await client.query(`SELECT set_config('ledger.tenant', 'acme', false)`);
    return run(client, statement);
  });
}

async function run(client: Client, statement: string): Promise<string> {
  try {
    await client.query(statement);
    return '00000';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

const denied = '42501';
const appendOnly = '23001';
const changes = (table: string) => [
  `UPDATE ledger.${table} SET tenant_id = tenant_id`,
  `DELETE FROM ledger.${table}`,
  `TRUNCATE ledger.${table} CASCADE`,
];

describe.each([...tables, thisMonth])('ledger.%s', (table) => {
  it('refuses UPDATE, DELETE and TRUNCATE: by grant to login, writer and reader', async () => {
    for (const role of ['app', 'ledgerWriter', 'ledgerReader'] as const) {
      for (const statement of changes(table)) expect(await stateOf(role, statement)).toBe(denied);
    }
  });

  it('refuses them by trigger to the owner of the table and to the superuser, replication mode included', async () => {
    for (const role of ['ledgerOwner', 'admin'] as const) {
      for (const statement of changes(table)) expect(await stateOf(role, statement)).toBe(appendOnly);
    }
    const [first = ''] = changes(table);
    expect(await stateOf('admin', `SET session_replication_role = replica; ${first}`)).toBe(appendOnly);
  });

  it('lets the login neither read nor write', async () => {
    expect(await stateOf('app', `SELECT FROM ledger.${table}`)).toBe(denied);
    expect(await stateOf('app', `INSERT INTO ledger.${table} (tenant_id) VALUES ('acme')`)).toBe(denied);
  });
});

describe('the runtime login in the audit database', () => {
  it('may execute the functions that are there for it and no other', async () => {
    await withAdmin(opened.databases.auditAdminUrl, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        `SELECT proname AS name FROM pg_proc
         WHERE pronamespace = 'ledger'::regnamespace AND has_function_privilege($1, oid, 'EXECUTE') ORDER BY 1`,
        [roleNames(opened.databases.prefix).app],
      );
      expect(rows.map((row) => row.name)).toEqual([
        'add_attempt',
        'add_attempt',
        'add_head',
        'add_tree_key',
        'begin_effect',
        'claim_of',
        'count_of_person',
        'decisions_alike',
        'drop_month',
        'end_attempt',
        'erased_subjects',
        'erasure_places',
        'expired_months',
        'find_gaps',
        'finish_effect',
        'gaps_since',
        'make_partitions',
        'new_gaps',
        'newest_decision',
        'place',
        'place_hold',
        'place_of',
        'placed_proofs',
        'policies_without_entry',
        'policy_changes',
        'read_entries',
        'read_heads',
        'read_heads_from',
        'read_holds',
        'read_places',
        'record',
        'record_gap',
        'record_together',
        'release_hold',
        'runs_without_success',
        'tree_delays',
        'tree_differences',
        'tree_hashes',
        'tree_state',
        'unplaced',
      ]);
    });
  });

  it('is a member of no role of the ledger, and may create nothing', async () => {
    const names = roleNames(opened.databases.prefix);
    await withAdmin(opened.databases.auditDatabaseUrl, async (client) => {
      for (const role of [names.ledgerOwner, names.ledgerWriter, names.ledgerReader]) {
        expect(await run(client, `SET ROLE ${role}`)).toBe(denied);
      }
      expect(await run(client, 'CREATE TABLE ledger.mine (a int)')).toBe(denied);
      expect(await run(client, 'CREATE TABLE public.mine (a int)')).toBe(denied);
      expect(await run(client, 'CREATE TEMP TABLE mine (a int)')).toBe(denied);
      expect(await run(client, 'CREATE SCHEMA mine')).toBe(denied);
    });
  });
});

describe('row-level security of the ledger', () => {
  it('shows writer and reader the tenant of the setting only, and nothing without one', async () => {
    for (const role of ['ledgerWriter', 'ledgerReader', 'ledgerOwner'] as const) {
      await withAdmin(opened.databases.auditAdminUrl, async (client) => {
        await runDdl(client, 'SET ROLE %I', roleNames(opened.databases.prefix)[role]);
        const count = async () => {
          const { rows } = await client.query('SELECT count(*)::int AS n FROM ledger.effect_claims');
          return rows[0].n;
        };
        expect(await count()).toBe(0);
        await client.query(`SELECT set_config('ledger.tenant', 'globex', false)`);
        expect(await count()).toBe(0);
        await client.query(`SELECT set_config('ledger.tenant', 'acme', false)`);
        expect(await count()).toBeGreaterThan(0);
      });
    }
  });

  it('lets the writer insert for the tenant of the setting only', async () => {
    const insert = (tenant: string) =>
      `INSERT INTO ledger.dedupe_keys (tenant_id, dedupe_key) VALUES ('${tenant}', 'wall')`;
    expect(await stateOf('ledgerWriter', insert('globex'))).toBe(denied);
    expect(await stateOf('ledgerWriter', insert('acme'))).toBe('00000');
  });
});

describe('ledger.make_partitions', () => {
  it('has made last month to twelve ahead, and makes more once', async () => {
    await withAdmin(opened.databases.auditDatabaseUrl, async (client) => {
      const made = async (ahead: number) => {
        const { rows } = await client.query('SELECT ledger.make_partitions(1, $1) AS made', [ahead]);
        return rows[0].made;
      };
      expect(await made(12)).toBe(0);
      expect(await made(14)).toBe(2);
      expect(await made(14)).toBe(0);
      await expect(made(37)).rejects.toThrow('at most');
    });
  });
});
