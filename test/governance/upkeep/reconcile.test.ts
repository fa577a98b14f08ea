import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReconcile, type Reconcile } from '#governance/upkeep/reconcile.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { newId } from '#platform/new-id.ts';
import type { Gap } from '#stores/audit/gap.ts';
import { entriesOf } from '../../support/audit-entries.ts';
import { asker, auditEntry, effect, newAction, newRequest } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;
let reconcile: Reconcile;

beforeAll(async () => {
  opened = await openTestStores();
  // Everything counts as settled: the clock of this reconciler is an hour ahead.
  const now = () => new Date(Date.now() + 3_600_000);
  reconcile = createReconcile({ ...opened.stores, now, overdueAfterMs: 1_800_000 });
});
afterAll(() => opened.close());

const month = `audit_entries_${new Date().toISOString().slice(0, 7).replace('-', '_')}`;

/** What nobody but a superuser can do, and who does it leaves no trace in the tables. */
async function asSuperuser(table: string, statement: string, values: unknown[]): Promise<void> {
  await withAdmin(opened.databases.auditAdminUrl, async (client) => {
    await client.query(`ALTER TABLE ledger.${table} DISABLE TRIGGER append_only`);
    const { rowCount } = await client.query(statement, values);
    expect(rowCount).toBe(1);
    await client.query(`ALTER TABLE ledger.${table} ENABLE ALWAYS TRIGGER append_only`);
  });
}

async function wholeEffect() {
  const start = effect();
  await opened.stores.ledger.beginEffect('acme', start);
  const entry = auditEntry({
    requestId: start.claim.requestId,
    decisionId: start.decision.decisionId,
    outcome: 'success',
    metadata: { run_id: start.claim.runId },
  });
  await opened.stores.ledger.finishEffect('acme', start.claim.runId, {
    entry,
    outcome: 'success',
    result: null,
    attempts: 1,
  });
  return { start, runId: start.claim.runId, entry };
}

const told = (gaps: readonly Gap[]) => gaps.map(({ kind, ref }) => `${kind} ${ref}`).toSorted();

async function alarms(ref: string) {
  const entries = await entriesOf(opened.stores, 'acme', { userId: 'openclaw-reconciler' });
  return entries.filter(({ event, metadata }) => event === 'audit.gap_found' && metadata['ref'] === ref);
}

describe('the reconciler', () => {
  it('finds nothing where everything has its counterpart', async () => {
    await wholeEffect();
    await opened.stores.ledger.record('acme', {
      decision: null,
      entries: [auditEntry({ event: 'session.opened', decisionId: null, requestId: null })],
      dedupeKey: null,
    });
    expect(told(await reconcile('acme'))).toEqual([]);
    expect(await opened.stores.gaps.foundSince(new Date(0).toISOString())).toBe(0);
  });

  it('leaves an effect that is still under way alone', async () => {
    const start = effect();
    await opened.stores.ledger.beginEffect('acme', start);
    const patient = createReconcile({
      ...opened.stores,
      now: () => new Date(),
      overdueAfterMs: 60_000,
    });
    expect(told(await patient('acme'))).toEqual([]);
    const entry = auditEntry({ decisionId: start.decision.decisionId, outcome: 'success' });
    await opened.stores.ledger.finishEffect('acme', start.claim.runId, {
      entry,
      outcome: 'success',
      result: null,
      attempts: 1,
    });
  });

  it('finds an effect without outcome, once, and says so in audit and status', async () => {
    const start = effect();
    await opened.stores.ledger.beginEffect('acme', start);
    const { runId } = start.claim;
    expect(told(await reconcile('acme'))).toEqual([`claim_without_outcome ${runId}`]);
    expect(told(await reconcile('acme'))).toEqual([]);
    expect(await alarms(runId)).toHaveLength(1);
    expect(await opened.stores.gaps.foundSince(new Date(0).toISOString())).toBe(1);
  });

  it('finds an intent, an outcome’s entry and a decision that were taken away', async () => {
    const [noIntent, noEntry, noDecision] = [await wholeEffect(), await wholeEffect(), await wholeEffect()];
    const dropEntry = `DELETE FROM ledger.${month} WHERE id = $1`;
    await asSuperuser(month, dropEntry, [noIntent.start.entry.id]);
    await asSuperuser(month, dropEntry, [noEntry.entry.id]);
    const { decisionId } = noDecision.start.decision;
    await asSuperuser('decisions', 'DELETE FROM ledger.decisions WHERE decision_id = $1', [decisionId]);
    const found = told(await reconcile('acme'));
    expect(found).toEqual(
      [
        `claim_without_intent ${noIntent.runId}`,
        `outcome_without_entry ${noEntry.runId}`,
        `claim_without_decision ${noDecision.runId}`,
        `entry_without_decision ${noDecision.entry.id}`,
        `entry_without_decision ${noDecision.start.entry.id}`,
      ].toSorted(),
    );
  });

  it('finds a decision whose only entry was taken away', async () => {
    const decision = effect().decision;
    const entry = auditEntry({ decisionId: decision.decisionId, outcome: 'denied' });
    await opened.stores.ledger.record('acme', { decision, entries: [entry], dedupeKey: null });
    await asSuperuser(month, `DELETE FROM ledger.${month} WHERE id = $1`, [entry.id]);
    expect(told(await reconcile('acme'))).toEqual([`decision_without_entry ${decision.decisionId}`]);
  });

  it('finds a write that a request takes for done though nothing says that it succeeded', async () => {
    const { requests } = opened.stores;
    const { request } = await requests.create(asker, newRequest());
    await requests.savePlan(asker, request.id, { planner: 'p', actions: [newAction(), newAction()] });
    for (const n of [1, 2]) {
      await requests.finishAction('acme', {
        requestId: request.id,
        n,
        sending: 1,
        state: 'done',
        result: {},
      });
    }
    const entry = auditEntry({
      requestId: request.id,
      decisionId: null,
      outcome: 'success',
      metadata: { run_id: `${request.id}/1` },
    });
    await opened.stores.ledger.record('acme', { decision: null, entries: [entry], dedupeKey: null });
    expect(told(await reconcile('acme'))).toEqual([`done_without_success ${request.id}/2`]);
    expect(told(await reconcile('acme'))).toEqual([]);
  });

  it('finds a leaf of the tree whose entry was taken away', async () => {
    const entry = auditEntry({ decisionId: null, requestId: newId('request') });
    await opened.stores.ledger.record('acme', { decision: null, entries: [entry], dedupeKey: null });
    await withAdmin(opened.databases.auditAdminUrl, (client) =>
      client.query(
        `INSERT INTO ledger.tree_leaves (tenant_id, position, entry_id, "timestamp", leaf_hash)
         SELECT tenant_id, 0, id, "timestamp", leaf_hash FROM ledger.audit_entries WHERE id = $1`,
        [entry.id],
      ),
    );
    expect(told(await reconcile('acme'))).toEqual([]);
    await asSuperuser(month, `DELETE FROM ledger.${month} WHERE id = $1`, [entry.id]);
    expect(told(await reconcile('acme'))).toEqual([`leaf_without_entry ${entry.id}`]);
  });

  it('says nothing of one tenant to another', async () => {
    expect(told(await reconcile('globex'))).toEqual([]);
  });
});
