import { it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { sealEntry } from '#stores/seal-entries.ts';
import { createLedger } from '#stores/ledger.ts';
import { createDatabase } from '#platform/database/pool.ts';
import { auditEntry } from '../stores/examples.ts';
import { openTestStores } from '../support/open-test-stores.ts';
import { openPlainTable } from './plain-table.ts';
import { closedLoop } from './load.ts';

it('profile', async () => {
  const o = await openTestStores();
  const who = (await o.stores.subjects.ensure('acme', ['p'])).get('p');
  if (!who) throw new Error();
  const cpu = async (name: string, n: number, work: () => Promise<unknown> | unknown) => {
    const b = process.cpuUsage();
    const at = performance.now();
    await work();
    const u = process.cpuUsage(b);
    console.log(`${name}: cpu ${((u.user + u.system) / n).toFixed(1)} us each, wall ${((performance.now() - at) * 1000 / n).toFixed(1)} us`);
  };
  const entries = Array.from({ length: 5000 }, () => auditEntry({ userId: 'p' }));
  for (let k = 0; k < 2; k += 1) await cpu('seal', 5000, () => { for (const e of entries) sealEntry(e, who); });
  await cpu('newEntry', 5000, () => { for (let i = 0; i < 5000; i++) auditEntry({ userId: 'p' }); });
  const texts = entries.map((e) => sealEntry(e, who));
  for (const e of entries.slice(0, 1000)) await o.stores.ledger.record('acme', { decision: null, entries: [e], dedupeKey: null });
  const plain = await openPlainTable(o.databases, { maxConnections: 10 });
  await withAdmin(o.databases.auditAdminUrl, async (c) => {
    await c.query('CREATE TEMP TABLE t (n serial, e jsonb)');
    await c.query('INSERT INTO t (e) SELECT x::jsonb FROM unnest($1::text[]) x', [texts.slice(1000, 4000)]);
    const timed = async (name: string, sql: string) => {
      await c.query('BEGIN');
      const { rows } = await c.query(`EXPLAIN (ANALYZE, COSTS OFF) ${sql}`);
      console.log(`${name}: ${(rows.at(-1)['QUERY PLAN'])} for 3000`);
      await c.query('ROLLBACK');
    };
    await timed('record()', `SELECT ledger.record('acme', NULL, jsonb_build_array(e), NULL) FROM t`);
    await timed('iso check', `SELECT (SELECT ledger.iso((x->>'timestamp')::timestamptz) IS DISTINCT FROM x->>'timestamp' FROM jsonb_array_elements(jsonb_build_array(e)) x) FROM t`);
    await timed('recordset only', `SELECT (SELECT count(*) FROM jsonb_to_recordset(jsonb_build_array(t.e)) AS e(id text, "tenantId" text, "orgUnit" text, "userId" text, subject text,
    "timestamp" timestamptz, "actionType" text, event text, "actionDetail" text, "dataAccessed" jsonb,
    "modelUsed" text, "modelTokens" jsonb, "dataClassification" text, "policyApplied" text, "policyResult" text,
    "policyReason" text, outcome text, "requestId" text, "decisionId" text, metadata jsonb, personal text,
    sealed text, "leafHash" text)) FROM t`);
    await timed('parse', `SELECT e::text::jsonb FROM t`);
    const cols = `id, tenant_id, org_unit, user_id, subject, "timestamp", action_type, event,
    action_detail, data_accessed, model_used, model_tokens, data_classification, policy_applied, policy_result,
    policy_reason, outcome, request_id, decision_id, metadata, personal, sealed, leaf_hash`;
    const from = `SELECT e.id, e."tenantId", e."orgUnit", e."userId", e.subject, e."timestamp", e."actionType", e.event,
    e."actionDetail", e."dataAccessed", e."modelUsed", e."modelTokens", e."dataClassification", e."policyApplied",
    e."policyResult", e."policyReason", e.outcome, e."requestId", e."decisionId", e.metadata,
    decode(e.personal, 'hex'), decode(e.sealed, 'base64'), decode(e."leafHash", 'hex')
  FROM t, jsonb_to_recordset(jsonb_build_array(t.e)) AS e(id text, "tenantId" text, "orgUnit" text, "userId" text, subject text,
    "timestamp" timestamptz, "actionType" text, event text, "actionDetail" text, "dataAccessed" jsonb,
    "modelUsed" text, "modelTokens" jsonb, "dataClassification" text, "policyApplied" text, "policyResult" text,
    "policyReason" text, outcome text, "requestId" text, "decisionId" text, metadata jsonb, personal text,
    sealed text, "leafHash" text)`;
    await timed('bulk insert into plain', `INSERT INTO bench.plain (${cols}) ${from}`);
    await timed('bulk insert into ledger', `INSERT INTO ledger.audit_entries (${cols}) ${from}`);
    const { rows } = await c.query(`SELECT indexdef FROM pg_indexes WHERE schemaname='bench'`);
    console.log(rows.map((r) => r.indexdef).join('\n'));
  });
  const pool = createDatabase(o.databases.auditDatabaseUrl, { maxConnections: 10 });
  const ledger = createLedger({ pool, subjects: o.stores.subjects });
  for (let k = 0; k < 3; k += 1) {
    for (const [name, call] of [
      ['plain', plain.insert],
      ['record', () => ledger.record('acme', { decision: null, entries: [auditEntry({ userId: 'p' })], dedupeKey: null })],
      ['nothing', () => pool.query('SELECT 1', [])],
    ] as const) {
      let n = 0;
      const b = process.cpuUsage();
      const r = await closedLoop({ clients: 32, seconds: 2 }, () => { n += 1; return call(); });
      const u = process.cpuUsage(b);
      console.log(`${name}: ${Math.round(n / r.seconds)}/s, node cpu ${((u.user + u.system) / n).toFixed(0)} us each`);
    }
  }
  await plain.close(); await pool.close(); await o.close();
});
