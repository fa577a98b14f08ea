import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReconcile } from '#governance/upkeep/reconcile.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { createDatabase, type Database } from '#platform/database/pool.ts';
import { type History, hasOutcome, histories, recordHistory } from '../../support/attempt-histories.ts';
import { effect, newAction, plannedRequest } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

type Recorded = Awaited<ReturnType<typeof recordHistory>>;

let opened: TestStores;
let audit: Database;
beforeAll(async () => {
  opened = await openTestStores();
  audit = createDatabase(opened.databases.auditDatabaseUrl);
});
afterAll(async () => {
  await audit?.close();
  await opened?.close();
});

const minute = 60_000;
const hour = 60 * minute;
const month = `audit_entries_${new Date().toISOString().slice(0, 7).replace('-', '_')}`;
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

/** What nobody but a superuser can do. */
async function asSuperuser(table: string, statement: string, values: unknown[]): Promise<void> {
  await withAdmin(opened.databases.auditAdminUrl, async (client) => {
    await client.query(`ALTER TABLE ledger.${table} DISABLE TRIGGER append_only`);
    await client.query(statement, values);
    await client.query(`ALTER TABLE ledger.${table} ENABLE ALWAYS TRIGGER append_only`);
  });
}

/** What is taken away from the record of each history, and what then is missing, by kind and what it is about. */
interface Damage {
  table: string;
  column: string;
  /** Ids of the rows that go. */
  gone: (recorded: Recorded) => (string | null | undefined)[];
  missing: (history: History, recorded: Recorded) => string[];
}

const ofClaim = ({ newest }: History, all: string[]) => (newest === null ? [] : all);

const damages: Record<string, Damage> = {
  nothing: { table: month, column: 'id', gone: () => [], missing: () => [] },
  'the intent': {
    table: month,
    column: 'id',
    gone: ({ entries }) => [entries.intent],
    missing: (history, { runId, decisions, entries }) =>
      ofClaim(history, [
        `claim_without_intent ${runId}`,
        // Else the entry of the outcome names that decision too.
        ...(entries.outcome === null ? [`decision_without_entry ${decisions[0]}`] : []),
      ]),
  },
  'the entry of the outcome': {
    table: month,
    column: 'id',
    gone: ({ entries }) => [entries.outcome],
    missing: (history, { runId }) => (hasOutcome(history) ? [`outcome_without_entry ${runId}`] : []),
  },
  'the decision under which it was claimed': {
    table: 'decisions',
    column: 'decision_id',
    gone: ({ decisions }) => [decisions[0]],
    missing: (history, { runId, decisions, entries }) =>
      ofClaim(history, [
        // A later attempt's decision is one of the run too.
        ...(decisions.slice(1).some((one) => one !== null) ? [] : [`claim_without_decision ${runId}`]),
        `entry_without_decision ${entries.intent}`,
        ...(entries.outcome === null ? [] : [`entry_without_decision ${entries.outcome}`]),
      ]),
  },
  'the decisions of later attempts': {
    table: 'decisions',
    column: 'decision_id',
    gone: ({ decisions }) => decisions.slice(1),
    missing: (_history, { runId, decisions }) =>
      decisions.flatMap((one, index) =>
        index > 0 && one !== null ? [`attempt_without_decision ${runId}#${index + 1}`] : [],
      ),
  },
};

/** When the check looks, and of which open histories it then says that they lack their outcome. */
const moments: Record<string, { beforeMs: number; overdue: (history: History) => boolean }> = {
  'before anything is overdue': { beforeMs: -minute, overdue: () => false },
  'once attempts are overdue': { beforeMs: 10 * minute, overdue: ({ newest }) => newest !== 'later' },
  'once the named time is overdue too': { beforeMs: hour, overdue: () => true },
};

const told = (gaps: readonly { kind: string; ref: string }[]) =>
  gaps.map(({ kind, ref }) => `${kind} ${ref}`).toSorted();

describe('what the check for gaps says of attempts on record', () => {
  it.each(Object.entries(damages))('%s taken away', async (_, { table, column, gone, missing }) => {
    const { ledger, gaps } = opened.stores;
    const all = await Promise.all(
      histories.map(async (history) => ({
        history,
        recorded: await recordHistory({ ledger, audit }, history, { laterMs: 30 * minute }),
      })),
    );
    const ids = all.flatMap(({ recorded }) => gone(recorded)).filter((id) => typeof id === 'string');
    await asSuperuser(table, `DELETE FROM ledger.${table} WHERE ${column} = ANY($1)`, [ids]);
    const ours = new Set(
      all.flatMap(({ recorded: { runId, entries, decisions } }) => [
        runId,
        ...decisions.map((_one, index) => `${runId}#${index + 1}`),
        ...Object.values(entries),
        ...decisions,
      ]),
    );
    for (const [moment, { beforeMs, overdue }] of Object.entries(moments)) {
      const span = { after: inMs(-hour), before: inMs(beforeMs) };
      const found = await gaps.inLedger('acme', span, 100_000);
      const expected = all.flatMap(({ history, recorded }) => [
        ...(history.newest !== null && !hasOutcome(history) && overdue(history)
          ? [`claim_without_outcome ${recorded.runId}`]
          : []),
        ...(beforeMs < 0 ? [] : missing(history, recorded)),
      ]);
      const here = found.filter(({ ref }) => ours.has(ref));
      expect([moment, ...told(here)]).toEqual([moment, ...expected.toSorted()]);
    }
  });
});

describe('an effect of three hours ago without an outcome', () => {
  /** Claimed and tried so long ago, of a request whose action may show a wait. */
  async function openEffect(waitMs: number | null = null): Promise<string> {
    const { ledger, requests } = opened.stores;
    const requestId = await plannedRequest(requests, [newAction()]);
    const start = effect({ requestId, runId: `${requestId}/1` });
    await ledger.beginEffect('acme', start);
    if (waitMs !== null) {
      const wait = { until: inMs(waitMs), code: 'api_rate_limited', to: 'look' } as const;
      await requests.waitWithAction('acme', { requestId, n: 1, sending: 1, wait });
    }
    const { runId } = start.claim;
    for (const [table, column] of [
      ['effect_claims', 'claimed_at'],
      ['effect_attempts', 'at'],
    ] as const)
      await asSuperuser(
        table,
        `UPDATE ledger.${table} SET ${column} = ${column} - interval '3 hours' WHERE run_id = $1`,
        [runId],
      );
    return runId;
  }
  const isGap = async (runId: string) => {
    const now = () => new Date();
    const found = await createReconcile({ ...opened.stores, now, overdueAfterMs: hour })('acme');
    return found.some(({ kind, ref }) => kind === 'claim_without_outcome' && ref === runId);
  };

  it.each([
    ['which waits for nothing', null, true],
    ['which is looked for in an hour', hour, false],
    ['which was to be looked for half an hour ago', -hour / 2, false],
    ['which was to be looked for two hours ago', -2 * hour, true],
  ])('%s', async (_, waitMs, expected) => {
    expect(await isGap(await openEffect(waitMs))).toBe(expected);
  });

  it.each([
    ['stands still', '150 minutes', null, false],
    ['went on half an hour ago', '150 minutes', '30 minutes', false],
    ['went on an hour and a half ago', '150 minutes', '90 minutes', true],
  ])('of a tenant that %s', async (_, suspended, resumed, expected) => {
    const runId = await openEffect();
    await withAdmin(opened.databases.adminUrl, async (client) => {
      await client.query('DELETE FROM openclaw.tenant_suspensions');
      await client.query(
        `INSERT INTO openclaw.tenant_suspensions VALUES ('acme', now() - $1::interval, now() - $2::interval)`,
        [suspended, resumed],
      );
    });
    expect(await isGap(runId)).toBe(expected);
    await withAdmin(opened.databases.adminUrl, (client) =>
      client.query('DELETE FROM openclaw.tenant_suspensions'),
    );
    // Not for ever: what nobody ended then is told.
    if (!expected) expect(await isGap(runId)).toBe(true);
  });
});
