import { it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { sealEntry } from '#stores/seal-entries.ts';
import { auditEntry } from '../stores/examples.ts';
import { openTestStores } from '../support/open-test-stores.ts';
import { openPlainTable } from './plain-table.ts';

it('profile', async () => {
  const o = await openTestStores();
  const who = (await o.stores.subjects.ensure('acme', ['p'])).get('p');
  if (!who) throw new Error();
  const entries = Array.from({ length: 5000 }, () => auditEntry({ userId: 'p' }));
  const texts = entries.map((e) => sealEntry(e, who));
  for (const e of entries.slice(0, 1000)) await o.stores.ledger.record('acme', { decision: null, entries: [e], dedupeKey: null });
  const plain = await openPlainTable(o.databases, { maxConnections: 10 });
  const cols = `id, tenant_id, org_unit, user_id, subject, "timestamp", action_type, event,
    action_detail, data_accessed, model_used, model_tokens, data_classification, policy_applied, policy_result,
    policy_reason, outcome, request_id, decision_id, metadata, personal, sealed, leaf_hash`;
  const from = (x: string) => `SELECT e.id, e."tenantId", e."orgUnit", e."userId", e.subject, e."timestamp", e."actionType", e.event,
    e."actionDetail", e."dataAccessed", e."modelUsed", e."modelTokens", e."dataClassification", e."policyApplied",
    e."policyResult", e."policyReason", e.outcome, e."requestId", e."decisionId", e.metadata,
    decode(e.personal, 'hex'), decode(e.sealed, 'base64'), decode(e."leafHash", 'hex')
  FROM jsonb_to_recordset(${x}) AS e(id text, "tenantId" text, "orgUnit" text, "userId" text, subject text,
    "timestamp" timestamptz, "actionType" text, event text, "actionDetail" text, "dataAccessed" jsonb,
    "modelUsed" text, "modelTokens" jsonb, "dataClassification" text, "policyApplied" text, "policyResult" text,
    "policyReason" text, outcome text, "requestId" text, "decisionId" text, metadata jsonb, personal text,
    sealed text, "leafHash" text)`;
  await withAdmin(o.databases.auditAdminUrl, async (c) => {
    await c.query('CREATE TEMP TABLE t (n serial, e jsonb)');
    await c.query('INSERT INTO t (e) SELECT x::jsonb FROM unnest($1::text[]) x', [texts.slice(1000, 4000)]);
    const loop = async (name: string, body: string, pre = '') => {
      for (let k = 0; k < 2; k++) {
      await c.query('BEGIN');
      await c.query(pre);
      const at = performance.now();
      await c.query(`DO $x$ DECLARE r record; BEGIN FOR r IN SELECT * FROM t LOOP ${body} END LOOP; END $x$`);
      const us = (performance.now() - at) / 3;
      await c.query('ROLLBACK');
      if (k) console.log(`${name}: ${us.toFixed(0)} us each`);
      }
    };
    await loop('nothing', `PERFORM 1;`);
    await loop('iso check in place', `IF EXISTS (SELECT FROM jsonb_array_elements(jsonb_build_array(r.e)) e
    WHERE e->>'tenantId' IS DISTINCT FROM 'acme' OR ledger.iso((e->>'timestamp')::timestamptz) IS DISTINCT FROM e->>'timestamp') THEN RAISE EXCEPTION 'x'; END IF;`);
    await loop('insert plain', `INSERT INTO bench.plain (${cols}) ${from('jsonb_build_array(r.e)')};`);
    await loop('insert partition itself', `INSERT INTO ledger.audit_entries_${new Date().toISOString().slice(0, 7).replace('-', '_')} (${cols}) ${from('jsonb_build_array(r.e)')};`);
    await loop('insert ledger', `INSERT INTO ledger.audit_entries (${cols}) ${from('jsonb_build_array(r.e)')};`);
    await loop('add_entries', `PERFORM ledger.add_entries('acme', jsonb_build_array(r.e));`);
    await loop('add_entries by writer', `PERFORM ledger.add_entries('acme', jsonb_build_array(r.e));`, `SELECT set_config('ledger.tenant','acme',true); SET LOCAL ROLE ${o.databases.prefix}_ledger_writer`.replace('; SET', '; GRANT SELECT ON t TO PUBLIC; SET'));
    await loop('record', `PERFORM ledger.record('acme', NULL, jsonb_build_array(r.e), NULL);`);
    await loop('parse text', `PERFORM (r.e::text)::jsonb;`);
  });
  await plain.close(); await o.close();
});
