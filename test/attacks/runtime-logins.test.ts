import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { directoryRoleOf, type LoginKind, loginKinds, tenantNames } from '#platform/database/names.ts';
import { auditRights } from '#platform/database/rights/audit.ts';
import { mainRights } from '#platform/database/rights/main.ts';
import type { Right } from '#platform/database/rights/right.ts';
import { tenantRights } from '#platform/database/rights/tenant.ts';
import { openStores } from '#stores/open-stores.ts';
import { freshEnvelope } from '../support/key-ring.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';

// Every login tries everything that could be tried: each table, with each way of writing to it, each column, each function.
// What the lists in platform/database/rights give, it may; for the rest PostgreSQL says that it may not.

let opened: TestStores;
beforeAll(async () => {
  opened = await openTestStores();
  await Promise.all([opened.stores.dataKeys.ready('acme'), opened.stores.dataKeys.ready('globex')]);
});
afterAll(() => opened?.close());

interface Table {
  name: string;
  columns: string[];
}

/** A statement, and what the lists call the right to it. */
interface Attempt {
  statement: string;
  may: string;
  /** A table, a column `table.column`, or a function with its types. */
  on: string;
}

type Place = 'openclaw' | 'tenant_acme' | 'ledger';

const roleIn: Record<Place, Record<LoginKind, string>> = {
  openclaw: { gateway: 'directory', worker: 'worker_directory', provisioning: 'provisioning_directory' },
  tenant_acme: { gateway: 'tenant', worker: 'tenant', provisioning: 'tenant' },
  ledger: { gateway: 'gateway', worker: 'worker', provisioning: 'provisioning' },
};
const rightsIn: Record<Place, readonly Right[]> = {
  openclaw: mainRights,
  tenant_acme: tenantRights,
  ledger: auditRights,
};

/** Logged in as a process, in the role that it takes there; nothing that it does stays. */
async function logInto(place: Place, login: LoginKind): Promise<pg.Client> {
  const { databaseUrl, auditDatabaseUrl } = opened.databases.as(login);
  const client = new pg.Client({ connectionString: place === 'ledger' ? auditDatabaseUrl : databaseUrl });
  await client.connect();
  if (place === 'openclaw') await client.query(`SET ROLE "${directoryRoleOf(databaseUrl)}"`);
  if (place === 'tenant_acme')
    await client.query(`SET ROLE "${tenantNames(opened.databases.prefix, 'acme').role}"`);
  await client.query('BEGIN');
  return client;
}

const denied = '42501';

/** SQLSTATE that it ends with. */
async function stateOf(client: pg.Client, statement: string): Promise<string> {
  await client.query('SAVEPOINT before');
  try {
    await client.query(statement);
    return '00000';
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) return String(error);
    // Row security says the same of rows that a function was asked to write for no tenant.
    return error.code === denied && !error.message.startsWith('permission denied')
      ? 'row'
      : (error.code ?? '');
  } finally {
    await client.query('ROLLBACK TO before');
  }
}

async function everyAttempt(place: Place): Promise<Attempt[]> {
  const url = place === 'ledger' ? opened.databases.auditAdminUrl : opened.databases.adminUrl;
  return withAdmin(url, async (client) => {
    const { rows: tables } = await client.query<Table>(
      `SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition GROUP BY c.relname`,
      [place],
    );
    // A call with nothing in it, which the planner doesn't know: whoever may make it, the function itself may refuse.
    const { rows: functions } = await client.query<{ name: string; call: string }>(
      `SELECT p.oid::regprocedure::text AS name, format('%s(%s)', p.oid::regproc,
         (SELECT string_agg(format('CAST(nullif(current_setting(''no.such'', true), '''') AS %s)', format_type(t, NULL)), ', ' ORDER BY n)
          FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS u (t, n))) AS call
       FROM pg_proc p WHERE p.pronamespace = $1::regnamespace AND p.prorettype <> 'trigger'::regtype`,
      [place],
    );
    return [
      ...tables.flatMap(({ name, columns }) => {
        const table = `${place}.${name}`;
        return [
          ...columns.map((column) => ({
            statement: `INSERT INTO ${table} ("${column}") VALUES (DEFAULT)`,
            may: 'INSERT',
            on: `${name}.${column}`,
          })),
          ...columns.map((column) => ({
            statement: `UPDATE ${table} SET "${column}" = DEFAULT WHERE false`,
            may: 'UPDATE',
            on: `${name}.${column}`,
          })),
          { statement: `DELETE FROM ${table} WHERE false`, may: 'DELETE', on: name },
          { statement: `TRUNCATE ${table}`, may: 'TRUNCATE', on: name },
        ];
      }),
      ...functions.map(({ name, call }) => ({
        statement: `SELECT ${call}`,
        may: 'EXECUTE',
        on: name.replaceAll(`${place}.`, ''),
      })),
    ];
  });
}

function isListed(place: Place, login: LoginKind, { may, on }: Attempt): boolean {
  return rightsIn[place].some(
    (right) =>
      right.may === may &&
      right.to.split(', ').includes(roleIn[place][login]) &&
      right.on.some((object) => {
        const [, table, columns] = /^(\w+) \((.+)\)$/.exec(object) ?? [];
        if (table === undefined || columns === undefined)
          return object.replaceAll('@.', '') === on || on.split('.')[0] === object;
        return columns.split(', ').some((column) => `${table}.${column}` === on);
      }),
  );
}

const places: readonly Place[] = ['openclaw', 'tenant_acme', 'ledger'];
const grid = loginKinds.flatMap((login) => places.map((place) => [login, place] as const));

describe('everything that can be tried', () => {
  it.each(grid)('by the %s in %s', async (login, place) => {
    const attempts = await everyAttempt(place);
    const client = await logInto(place, login);
    try {
      const wrong: string[] = [];
      for (const attempt of attempts) {
        const state = await stateOf(client, attempt.statement);
        const isAllowed = state !== '42501';
        if (isAllowed !== isListed(place, login, attempt)) wrong.push(`${attempt.statement}: ${state}`);
      }
      expect(wrong).toEqual([]);
      expect(attempts.length).toBeGreaterThan(20);
    } finally {
      await client.end();
    }
  });

  it.each(grid)('by the %s without its role, in %s', async (login, place) => {
    if (place === 'ledger') return;
    const client = await logInto(place, login);
    await client.query('ROLLBACK; RESET ROLE; BEGIN');
    try {
      for (const { statement } of await everyAttempt(place))
        expect(await stateOf(client, statement)).toBe('42501');
    } finally {
      await client.end();
    }
  });

  it.each(loginKinds)('by the %s in the role of another process', async (login) => {
    const client = await logInto('openclaw', login);
    await client.query('ROLLBACK; RESET ROLE; BEGIN');
    try {
      for (const other of [
        'gateway',
        'worker',
        'provisioning',
        'app',
        'directory',
        'worker_directory',
        'provisioning_directory',
        'whole_directory',
        'ledger_owner',
        'ledger_writer',
        'ledger_reader',
      ]) {
        const isOwn = other === login || other === roleIn.openclaw[login];
        const state = await stateOf(client, `SET ROLE "${opened.databases.prefix}_${other}"`);
        expect([other, state]).toEqual([other, isOwn ? '00000' : '42501']);
      }
    } finally {
      await client.end();
    }
  });
});

it('the worker still does its daily round, by its own login', async () => {
  const own = opened.databases.as('worker');
  const stores = openStores({
    database: { url: own.databaseUrl, maxConnections: 2 },
    audit: { url: own.auditDatabaseUrl, maxConnections: 1 },
    envelope: freshEnvelope(),
  });
  try {
    expect(await stores.sessions.deleteExpired()).toBe(0);
    await stores.publications.want('acme', ['folder'], 1);
    expect(await stores.publications.late(0)).toBeDefined();
    expect(await stores.tenants.readAll()).toHaveLength(2);
  } finally {
    await stores.close();
  }
});

const recordGap: [place: Place, statement: string] = [
  'ledger',
  `SELECT ledger.record_gap('acme', 'claim_without_outcome', 'run', '{}')`,
];

/** What SECURITY.md says remains possible: each line is tried, and no line stands there that isn't. */
const remaining: Record<LoginKind, Record<string, [place: Place, statement: string]>> = {
  gateway: {
    'end every session': ['openclaw', `UPDATE openclaw.sessions SET ended_at = now()`],
    'ask for the deletion of a tenant, which waits and can be called off': [
      'openclaw',
      `SELECT 1 / openclaw.ask_tenant_deletion('acme', '{active}', 0)::int`,
    ],
    'suspend and resume tenants': [
      'openclaw',
      `SELECT 1 / openclaw.move_tenant('acme', '{active}', 'suspended')::int`,
    ],
    'say whose tokens may name a tenant': [
      'openclaw',
      `UPDATE openclaw.tenants SET oidc_issuer = 'https://elsewhere.example'`,
    ],
    'place and release legal holds': ['ledger', `SELECT ledger.release_hold('acme', 'hld_none', 'x', '{}')`],
    'put a gap on record, which is then not told of again': recordGap,
  },
  worker: {
    'delete sessions: everybody signs in again': [
      'openclaw',
      'DELETE FROM openclaw.sessions WHERE expires_at IS NOT NULL',
    ],
    'say that heads were published': [
      'openclaw',
      `INSERT INTO openclaw.head_publications (tenant_id, place, head_n) VALUES ('acme', 'folder', 9)`,
    ],
    'append a head that no key signed, which verifiers refuse': [
      'ledger',
      `SELECT ledger.add_head('acme', NULL, NULL, NULL)`,
    ],
    'claim and end effects': [
      'ledger',
      `SELECT ledger.finish_effect('acme', 'run', '{}', 'success', '{}', 1)`,
    ],
    'put a gap on record, which is then not told of again': recordGap,
  },
  provisioning: {
    'destroy the keys of a tenant whose deletion is due': [
      'openclaw',
      `SELECT openclaw.destroy_data_keys('nobody')`,
    ],
    'wrap a key in a form that does not open, and say that it does': [
      'openclaw',
      `SELECT openclaw.rewrap_data_key(id, sealed, 'x', 'm'), openclaw.confirm_data_key(id, 'x') FROM openclaw.data_keys`,
    ],
    'shorten how long deletions wait that are asked for from then on': [
      'openclaw',
      'SELECT openclaw.set_deletion_wait(0)',
    ],
  },
};
const ofEach: Record<string, [place: Place, statement: string]> = {
  'write rows of any tenant: requests without a proof, votes without a signature, policies without one': [
    'tenant_acme',
    `UPDATE tenant_acme.policies SET status = 'deprecated'`,
  ],
  'put entries into the audit log': ['ledger', `SELECT ledger.record('acme', NULL, '[]', NULL)`],
  'erase people, whatever is held': ['tenant_acme', `SELECT tenant_acme.erase_subject('sub_none')`],
  'change last-seen rights': ['tenant_acme', `UPDATE tenant_acme.people SET role = 'enterprise_admin'`],
  'delete contents of ended requests that are past a day, and results of reads past an hour': [
    'tenant_acme',
    `SELECT tenant_acme.delete_content('{}', now() - interval '2 days', '[]')`,
  ],
};

describe('what remains possible', () => {
  const words = readFileSync(join(import.meta.dirname, '../../SECURITY.md'), 'utf8');
  const said = (login: string) => new RegExp(`^\\| login of ${login} \\| (.*) \\|$`, 'gm');

  it.each(loginKinds)('to the %s is what SECURITY.md says, and is possible', async (login) => {
    const lines = [...words.matchAll(said(login))].map(([, line]) => line);
    expect(lines.toSorted()).toEqual(Object.keys(remaining[login]).toSorted());
    for (const [place, statement] of Object.values(remaining[login])) {
      const client = await logInto(place, login);
      expect([statement, await stateOf(client, statement)]).not.toContain('42501');
      await client.end();
    }
  });

  it('to each of them is what SECURITY.md says, and is possible', async () => {
    expect([...words.matchAll(said('each'))].map(([, line]) => line).toSorted()).toEqual(
      Object.keys(ofEach).toSorted(),
    );
    for (const login of loginKinds) {
      for (const [place, statement] of Object.values(ofEach)) {
        const client = await logInto(place, login);
        expect([statement, await stateOf(client, statement)]).not.toContain('42501');
        await client.end();
      }
    }
  });
});
