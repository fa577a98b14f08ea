import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClassifyData } from '#governance/classification/classify-data.ts';
import { createPerform } from '#governance/perform/perform.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { roleNames } from '#platform/database/names.ts';
import { createDatabase } from '#platform/database/pool.ts';
import { createLedger, type Ledger } from '#stores/audit/ledger.ts';
import { createSubjectStore } from '#stores/person/subjects.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';
import { readyPerformance } from '../support/ready-performance.ts';

let opened: TestStores;

beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

/** Performs a write; says what it threw, and how often it was sent. */
async function tryToAct(ledger: Ledger = opened.stores.ledger) {
  let sent = 0;
  const perform = createPerform({
    ledger,
    classify: createClassifyData(opened.stores),
    now: () => new Date(),
    effectSettleMs: 1_000,
    monotonicMs: () => 0,
  });
  const performance = readyPerformance({
    run: async () => {
      sent += 1;
      return {};
    },
  });
  const outcome = await perform(performance).catch((error: unknown) => error);
  return { outcome, sent };
}

const refused = { outcome: { code: 'AUDIT_WRITE_FAILED' }, sent: 0 };
const acted = { outcome: { kind: 'done' }, sent: 1 };

const asAdmin = (statement: string) =>
  withAdmin(opened.databases.auditAdminUrl, async (client) => {
    await client.query(statement);
  });

describe('no write happens without its record', () => {
  it('when the right to write the record is taken away, in either of the ways it has one', async () => {
    const { app, ledgerWriter } = roleNames(opened.databases.prefix);
    for (const [revoke, grant] of [
      [
        `REVOKE EXECUTE ON FUNCTION ledger.begin_effect FROM ${app}`,
        `GRANT EXECUTE ON FUNCTION ledger.begin_effect TO ${app}`,
      ],
      [
        `REVOKE INSERT ON ledger.audit_entries FROM ${ledgerWriter}`,
        `GRANT INSERT ON ledger.audit_entries TO ${ledgerWriter}`,
      ],
      [`REVOKE USAGE ON SCHEMA ledger FROM ${app}`, `GRANT USAGE ON SCHEMA ledger TO ${app}`],
    ] as const) {
      await asAdmin(revoke);
      expect(await tryToAct()).toMatchObject(refused);
      await asAdmin(grant);
      expect(await tryToAct()).toMatchObject(acted);
    }
  });

  it('when the audit database lets nobody in', async () => {
    const name = new URL(opened.databases.auditAdminUrl).pathname.slice(1);
    const onServer = (statement: string) =>
      withAdmin(opened.databases.adminUrl, (client) => client.query(statement));
    await onServer(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
    await onServer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
    expect(await tryToAct()).toMatchObject(refused);
    await onServer(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
    expect(await tryToAct()).toMatchObject(acted);
  });

  it('when every connection to it is taken', async () => {
    const pool = createDatabase(opened.databases.auditDatabaseUrl, {
      maxConnections: 1,
      connectTimeoutMs: 2_000,
    });
    const ledger = createLedger({ ...opened.stores, pool });
    let leave = () => {};
    const taken = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const held = pool.withClient(() => taken);
    expect(await tryToAct(ledger)).toMatchObject(refused);
    leave();
    await held;
    expect(await tryToAct(ledger)).toMatchObject(acted);
    await pool.close();
  });

  it('when it can’t be said who acts: the main database lets nobody in', async () => {
    const name = new URL(opened.databases.adminUrl).pathname.slice(1);
    const onServer = (statement: string) =>
      withAdmin(opened.databases.auditAdminUrl, (client) => client.query(statement));
    const pool = createDatabase(opened.databases.auditDatabaseUrl);
    // As a process that has just started: it remembers nobody.
    const subjects = createSubjectStore({
      database: opened.stores.database,
      envelope: opened.stores.dataKeys.envelope,
    });
    const ledger = createLedger({ ...opened.stores, pool, subjects });
    await onServer(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
    await onServer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
    expect(await tryToAct(ledger)).toMatchObject(refused);
    await onServer(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
    expect(await tryToAct(ledger)).toMatchObject(acted);
    await pool.close();
  });
});
