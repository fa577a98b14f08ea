-- Up Migration
-- Places hang on transactions and on no clock, heads are dated by this database's clock, and the older form of entries
-- has ended (docs/adr/0023).

-- What was written in the older form until now gets its place now, if it has none yet: no later entry of that form gets one.
DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
  v_tenants text[];
  v_tenant text;
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('GRANT CREATE ON SCHEMA ledger TO %I, %I', prefix || '_ledger_writer', prefix || '_ledger_reader');
  ALTER TABLE ledger.audit_entries NO FORCE ROW LEVEL SECURITY;
  SELECT coalesce(array_agg(DISTINCT tenant_id), '{}') INTO v_tenants FROM ledger.audit_entries WHERE user_id IS NOT NULL;
  ALTER TABLE ledger.audit_entries FORCE ROW LEVEL SECURITY;
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_writer');
  FOREACH v_tenant IN ARRAY v_tenants LOOP
    WHILE ledger.sequence(v_tenant, NULL, 20000) > 0 LOOP END LOOP;
  END LOOP;
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
END $$;

ALTER TABLE ledger.audit_entries ADD COLUMN arrived bigint;
ALTER TABLE ledger.audit_entries ALTER COLUMN arrived SET DEFAULT pg_current_xact_id()::text::bigint;
COMMENT ON COLUMN ledger.audit_entries.arrived IS 'Number of the transaction that wrote it; not part of the hash. Null in rows from before places went by it.';
ALTER TABLE ledger.tree_heads
  ADD COLUMN placed_before bigint,
  ADD COLUMN recorded_at timestamptz;
ALTER TABLE ledger.tree_heads ALTER COLUMN recorded_at SET DEFAULT clock_timestamp();
COMMENT ON COLUMN ledger.tree_heads.placed_before IS 'Whatever transactions before this number wrote had its place when the head was signed; null: not known.';
COMMENT ON COLUMN ledger.tree_heads.recorded_at IS 'The server''s clock; not part of what is signed.';
DROP INDEX ledger.audit_entries_by_arrival;
CREATE INDEX audit_entries_by_arrival ON ledger.audit_entries USING brin (arrived) WITH (pages_per_range = 32, autosummarize = on);

DO $$ BEGIN EXECUTE format('SET LOCAL ROLE %I', current_setting('openclaw.prefix') || '_ledger_writer'); END $$;

CREATE OR REPLACE FUNCTION ledger.add_entries(p_tenant text, p_entries jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_added integer;
BEGIN
  INSERT INTO ledger.audit_entries (id, tenant_id, org_unit, subject, "timestamp", action_type, event,
    data_accessed, model_used, model_tokens, data_classification, policy_applied, policy_result,
    policy_reason, outcome, request_id, decision_id, metadata, personal, sealed, leaf_hash)
  SELECT e.id, e."tenantId", e."orgUnit", e.subject, e."timestamp"::timestamptz, e."actionType", e.event,
    e."dataAccessed", e."modelUsed", e."modelTokens", e."dataClassification", e."policyApplied",
    e."policyResult", e."policyReason", e.outcome, e."requestId", e."decisionId", e.metadata,
    decode(e.personal, 'hex'), decode(e.sealed, 'base64'), decode(e."leafHash", 'hex')
  FROM jsonb_to_recordset(p_entries) AS e(id text, "tenantId" text, "orgUnit" text, subject text,
    "timestamp" text, "actionType" text, event text, "dataAccessed" jsonb,
    "modelUsed" text, "modelTokens" jsonb, "dataClassification" text, "policyApplied" text, "policyResult" text,
    "policyReason" text, outcome text, "requestId" text, "decisionId" text, metadata jsonb, personal text,
    sealed text, "leafHash" text)
  WHERE e."tenantId" = p_tenant AND ledger.iso(e."timestamp"::timestamptz) = e."timestamp" AND e.subject IS NOT NULL;
  GET DIAGNOSTICS v_added = ROW_COUNT;
  IF v_added <> jsonb_array_length(p_entries) THEN
    RAISE EXCEPTION 'an entry names another tenant, has the older form, or its timestamp is not ISO 8601 in UTC with milliseconds'
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
END $$;
COMMENT ON FUNCTION ledger.add_entries(text, jsonb) IS 'Entries from the camelCase JSON of a leaf (transparency/leaf.ts) with sealed (base64) and leafHash (hex) beside it; none in the older form.';

-- Each statement looks at what was committed when it began. Whatever an earlier look could not see was written by a
-- transaction that was running then, or began later; so its number tells what is new, and no clock has a say.
CREATE FUNCTION ledger.place(p_tenant text, p_wholly boolean, p_limit integer) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_since bigint;
  v_next bigint;
  v_placed integer;
  v_before bigint;
BEGIN
  PERFORM ledger.own_tree(p_tenant);
  IF NOT p_wholly THEN
    SELECT placed_before INTO v_since FROM ledger.tree_heads WHERE tenant_id = p_tenant ORDER BY n DESC LIMIT 1;
    -- Numbers only rise; if they did not, this is another server, with the data of the one before.
    IF v_since > pg_snapshot_xmin(pg_current_snapshot())::text::bigint THEN
      v_since := NULL;
    END IF;
  END IF;
  SELECT coalesce(max(position) + 1, 0) INTO v_next FROM ledger.tree_leaves WHERE tenant_id = p_tenant;
  WITH new AS (
    SELECT e.id, e."timestamp", e.leaf_hash FROM ledger.audit_entries e
    WHERE e.tenant_id = p_tenant AND (v_since IS NULL OR e.arrived >= v_since) AND e.subject IS NOT NULL
      AND NOT EXISTS (SELECT FROM ledger.tree_leaves l
        WHERE l.tenant_id = p_tenant AND l.entry_id = e.id AND l."timestamp" = e."timestamp")
    ORDER BY e."timestamp", e.id LIMIT p_limit
  ), placed AS (
    INSERT INTO ledger.tree_leaves (tenant_id, position, entry_id, "timestamp", leaf_hash)
    SELECT p_tenant, v_next + row_number() OVER (ORDER BY new."timestamp", new.id) - 1, new.id, new."timestamp", new.leaf_hash
    FROM new RETURNING position
  ) SELECT count(*), pg_snapshot_xmin(pg_current_snapshot())::text::bigint INTO v_placed, v_before FROM placed;
  RETURN jsonb_build_object('placed', v_placed, 'before', v_before::text, 'refused',
    (SELECT coalesce(jsonb_agg(older.id ORDER BY older.id), '[]') FROM (
      SELECT e.id FROM ledger.audit_entries e
      WHERE e.tenant_id = p_tenant AND (v_since IS NULL OR e.arrived >= v_since) AND e.subject IS NULL
        AND NOT EXISTS (SELECT FROM ledger.tree_leaves l
          WHERE l.tenant_id = p_tenant AND l.entry_id = e.id AND l."timestamp" = e."timestamp")
        AND NOT EXISTS (SELECT FROM ledger.gaps g
          WHERE g.tenant_id = p_tenant AND g.kind = 'entry_without_place' AND g.ref = e.id)
      ORDER BY e.id LIMIT 100) AS older));
END $$;
COMMENT ON FUNCTION ledger.place(text, boolean, integer) IS 'Gives up to p_limit entries without a place the next ones, oldest first: those that came since the newest head, or p_wholly whichever there are. {placed, before, refused}: with fewer than p_limit placed, everything from transactions before that number has its place, except for entries in the older form, which get none; refused names those that are on record as no gap yet.';

CREATE OR REPLACE FUNCTION ledger.sequence(p_tenant text, p_since timestamptz, p_limit integer) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT (ledger.place(p_tenant, p_since IS NULL, p_limit)->>'placed')::integer
$$;
COMMENT ON FUNCTION ledger.sequence(text, timestamptz, integer) IS 'Like ledger.place, for a worker of the release before during an upgrade; what it says of time counts for nothing.';

DROP FUNCTION ledger.add_head(text, jsonb, jsonb);
CREATE FUNCTION ledger.add_head(p_tenant text, p_head jsonb, p_nodes jsonb, p_placed_before bigint DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_n bigint := (p_head->'claims'->>'n')::bigint;
  v_at timestamptz := (p_head->'claims'->>'at')::timestamptz;
  v_last ledger.tree_heads;
BEGIN
  PERFORM ledger.own_tree(p_tenant);
  SELECT * INTO v_last FROM ledger.tree_heads WHERE tenant_id = p_tenant ORDER BY n DESC LIMIT 1;
  IF v_n IS DISTINCT FROM coalesce(v_last.n, 0) + 1 THEN
    RETURN false;
  END IF;
  IF v_at < v_last.at OR v_at > greatest(clock_timestamp(), v_last.at) THEN
    RAISE EXCEPTION 'head % of % is dated %, where the database''s clock says % and the head before it %',
      v_n, p_tenant, ledger.iso(v_at), ledger.iso(clock_timestamp()), coalesce(ledger.iso(v_last.at), 'nothing')
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  INSERT INTO ledger.tree_nodes (tenant_id, level, index, hash)
  SELECT p_tenant, node.level, node.index, decode(node.hash, 'hex')
  FROM jsonb_to_recordset(p_nodes) AS node(level smallint, index bigint, hash text);
  INSERT INTO ledger.tree_heads (tenant_id, n, size, root_hash, at, previous, key_id, signature, placed_before)
  VALUES (p_tenant, v_n, (p_head->'claims'->>'size')::bigint, decode(p_head->'claims'->>'rootHash', 'hex'),
    v_at, p_head->'claims'->>'previous', p_head->>'keyId', p_head->>'signature', p_placed_before);
  RETURN true;
END $$;
COMMENT ON FUNCTION ledger.add_head(text, jsonb, jsonb, bigint) IS 'The next head with the subtrees that became complete, and what ledger.place said before it; false when another worker was faster. Refuses one that is dated before the head before it, or ahead of both that head and the clock.';

DO $$ BEGIN
  RESET ROLE;
  EXECUTE format('SET LOCAL ROLE %I', current_setting('openclaw.prefix') || '_ledger_reader');
END $$;

CREATE OR REPLACE FUNCTION ledger.tree_state(p_tenant text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_oldest timestamptz := (SELECT min(to_date(right(c.relname, 7), 'YYYY_MM'))::timestamp AT TIME ZONE 'UTC'
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'ledger.audit_entries'::regclass);
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN jsonb_build_object(
    'at', ledger.iso(clock_timestamp()),
    'leaves', (SELECT coalesce(max(position) + 1, 0) FROM ledger.tree_leaves WHERE tenant_id = p_tenant),
    'expiredLeaves', (SELECT coalesce(max(position) + 1, 0) FROM ledger.tree_leaves
      WHERE tenant_id = p_tenant AND "timestamp" < v_oldest),
    'expiredBefore', ledger.iso(v_oldest),
    'head', (SELECT ledger.head_json(h) FROM ledger.tree_heads h WHERE h.tenant_id = p_tenant ORDER BY h.n DESC LIMIT 1),
    'keys', (SELECT coalesce(jsonb_agg(jsonb_build_object('claims', jsonb_build_object('kind', 'audit-key', 'tenantId', tenant_id,
        'keyId', introduced, 'publicKey', encode(public_key, 'hex'), 'at', ledger.iso(at)), 'keyId', key_id, 'signature', signature)
      ORDER BY at, introduced), '[]') FROM ledger.tree_keys WHERE tenant_id = p_tenant));
END $$;
COMMENT ON FUNCTION ledger.tree_state(text) IS 'How far the tree goes, its newest head, its key statements, and the time by the server''s clock; expiredLeaves: the first so many may have no entry any more, since months before expiredBefore are gone.';

-- A time that lies ahead is as late as one that lies back: one of the two was told by a clock that was wrong.
CREATE FUNCTION ledger.tree_delays(p_tenant text, p_late_ms bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_late interval := p_late_ms * interval '1 millisecond';
  v_since bigint;
  v_head timestamptz;
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  SELECT placed_before, coalesce(recorded_at, at) INTO v_since, v_head
  FROM ledger.tree_heads WHERE tenant_id = p_tenant ORDER BY n DESC LIMIT 1;
  IF v_since > pg_snapshot_xmin(pg_current_snapshot())::text::bigint THEN
    v_since := NULL;
  END IF;
  RETURN jsonb_build_object(
    'headMs', abs(round(extract(epoch FROM v_now - v_head) * 1000)),
    'entryId', (SELECT e.id FROM ledger.audit_entries e
      WHERE e.tenant_id = p_tenant AND (v_since IS NULL OR e.arrived >= v_since) AND e.subject IS NOT NULL
        AND e.recorded_at NOT BETWEEN v_now - v_late AND v_now + v_late
        AND NOT EXISTS (SELECT FROM ledger.tree_leaves l
          WHERE l.tenant_id = p_tenant AND l.entry_id = e.id AND l."timestamp" = e."timestamp")
      LIMIT 1));
END $$;
COMMENT ON FUNCTION ledger.tree_delays(text, bigint) IS 'How long ago the newest head was recorded, in milliseconds (null without one), and an entry that has waited for its place longer than p_late_ms (null when none has).';

REVOKE ALL ON FUNCTION ledger.tree_delays FROM PUBLIC;
DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.tree_delays TO %I', prefix || '_app');
  RESET ROLE;
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_writer');
  REVOKE ALL ON FUNCTION ledger.place, ledger.add_head FROM PUBLIC;
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.place, ledger.add_head TO %I', prefix || '_app');
  RESET ROLE;
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('REVOKE CREATE ON SCHEMA ledger FROM %I, %I', prefix || '_ledger_writer', prefix || '_ledger_reader');
END $$;

RESET ROLE;
