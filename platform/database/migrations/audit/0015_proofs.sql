-- Up Migration
-- An entry carries a proof that this database can't make, and gets its place from whoever can check it (docs/adr/0028).
-- Gateways and workers of the release before must have stopped: what they would write has no proof, and is refused.

DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('GRANT CREATE ON SCHEMA ledger TO %I, %I', prefix || '_ledger_writer', prefix || '_ledger_reader');
END $$;

-- From here on nothing is written until this is committed: whatever there is now is from before.
ALTER TABLE ledger.audit_entries ADD COLUMN proof bytea;
COMMENT ON COLUMN ledger.audit_entries.proof IS 'That a process of this installation wrote the entry (stores/key/row-proofs.ts); not part of the hash. Null in rows from before there were proofs.';

CREATE TABLE ledger.proofs_since (
  tenant_id text PRIMARY KEY CHECK (tenant_id <> ''),
  leaves bigint NOT NULL CHECK (leaves >= 0),
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE ledger.proofs_since IS 'Where proofs began: the heads over them prove so many first leaves of a tenant, and each later one has a proof. A tenant without a row has had them from the beginning.';
COMMENT ON COLUMN ledger.proofs_since.leaves IS 'How many entries had their place when proofs began.';
SELECT ledger.seal('ledger.proofs_since');
CREATE POLICY by_tenant ON ledger.proofs_since
  USING (tenant_id = current_setting('ledger.tenant', true))
  WITH CHECK (tenant_id = current_setting('ledger.tenant', true));
DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  -- Nobody but a migration writes here.
  EXECUTE format('GRANT SELECT ON ledger.proofs_since TO %I, %I', prefix || '_ledger_reader', prefix || '_ledger_writer');
END $$;

-- What has no place yet gets it by the rule of before, once. One tenant after the other by the index, however many rows there are.
DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
  v_tenant text := '';
  v_tenants text[] := '{}';
BEGIN
  ALTER TABLE ledger.audit_entries NO FORCE ROW LEVEL SECURITY;
  LOOP
    v_tenant := (SELECT min(tenant_id) FROM ledger.audit_entries WHERE tenant_id > v_tenant);
    EXIT WHEN v_tenant IS NULL;
    v_tenants := v_tenants || v_tenant;
  END LOOP;
  ALTER TABLE ledger.audit_entries FORCE ROW LEVEL SECURITY;
  FOREACH v_tenant IN ARRAY v_tenants LOOP
    EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_writer');
    WHILE (ledger.place(v_tenant, true, 20000)->>'placed')::integer > 0 LOOP END LOOP;
    EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
    PERFORM set_config('ledger.tenant', v_tenant, true);
    INSERT INTO ledger.proofs_since (tenant_id, leaves)
    SELECT v_tenant, coalesce(max(position) + 1, 0) FROM ledger.tree_leaves WHERE tenant_id = v_tenant;
  END LOOP;
  PERFORM set_config('ledger.tenant', '', true);
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_writer');
END $$;

CREATE OR REPLACE FUNCTION ledger.is_readable(p_entry jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp AS $$
  SELECT octet_length(p_entry::text) <= 1048576
    AND NOT jsonb_path_exists(p_entry, 'strict $.**{33 to last}')
    AND NOT jsonb_path_exists(p_entry, 'strict $.** ? (@.type() == "number" && (@ > 1.7e308 || @ < -1.7e308))')
    AND p_entry->>'id' ~ '^aud_[0-9A-Z]{26}$' AND p_entry->>'subject' ~ '^sub_[0-9A-Za-z_]{1,64}$'
    AND coalesce(p_entry->>'actionType' IN ('tool_invocation', 'data_access', 'model_call', 'policy_decision', 'agent_exchange',
      'policy_change', 'authentication', 'administration'), false)
    AND coalesce(p_entry->>'event' ~ '^[a-z][a-z0-9_]{0,62}\.[a-z][a-z0-9_]{0,62}$', false)
    AND coalesce(p_entry->>'dataClassification', 'public') IN ('public', 'internal', 'confidential', 'restricted')
    AND coalesce(jsonb_typeof(p_entry->'dataAccessed') = 'array', false)
    AND NOT jsonb_path_exists(p_entry, '$.dataAccessed[*] ? (!(@.source.type() == "string" && @.itemId.type() == "string"
      && @.purpose.type() == "string" && @.classification.type() == "string" && (@.classification == "public" || @.classification == "internal"
        || @.classification == "confidential" || @.classification == "restricted")))')
    AND coalesce(jsonb_typeof(p_entry->'metadata') = 'object', false)
    AND NOT jsonb_path_exists(p_entry, 'strict $.metadata.* ? (@.type() == "object" || @.type() == "array")')
    AND (coalesce(p_entry->'modelTokens', 'null') = 'null' OR jsonb_path_exists(p_entry, 'strict $.modelTokens ? (
      @.input.type() == "number" && @.output.type() == "number" && @.input >= 0 && @.input <= 4503599627370495 && @.input.floor() == @.input
      && @.output >= 0 && @.output <= 4503599627370495 && @.output.floor() == @.output)'))
    -- Any other type would be stored as its text, which is not what was hashed.
    AND NOT jsonb_path_exists(p_entry, 'strict $.* ? (@.type() == "number" || @.type() == "boolean")')
$$;
COMMENT ON FUNCTION ledger.is_readable(jsonb) IS 'Whether every reader can read an entry: 1 MiB, 32 levels, numbers that a double holds, names of their form, kinds and labels that there are, facts of their shape.';

CREATE OR REPLACE FUNCTION ledger.add_entries(p_tenant text, p_entries jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_added integer;
BEGIN
  INSERT INTO ledger.audit_entries (id, tenant_id, org_unit, subject, "timestamp", action_type, event,
    data_accessed, model_used, model_tokens, data_classification, policy_applied, policy_result,
    policy_reason, outcome, request_id, decision_id, metadata, personal, sealed, leaf_hash, proof)
  SELECT e.id, e."tenantId", e."orgUnit", e.subject, e."timestamp"::timestamptz, e."actionType", e.event,
    e."dataAccessed", e."modelUsed", e."modelTokens", e."dataClassification", e."policyApplied",
    e."policyResult", e."policyReason", e.outcome, e."requestId", e."decisionId", e.metadata,
    decode(e.personal, 'hex'), decode(e.sealed, 'base64'), decode(e."leafHash", 'hex'), decode(e.proof, 'base64')
  FROM jsonb_array_elements(p_entries) AS given,
    jsonb_to_record(given) AS e(id text, "tenantId" text, "orgUnit" text, subject text,
    "timestamp" text, "actionType" text, event text, "dataAccessed" jsonb,
    "modelUsed" text, "modelTokens" jsonb, "dataClassification" text, "policyApplied" text, "policyResult" text,
    "policyReason" text, outcome text, "requestId" text, "decisionId" text, metadata jsonb, personal text,
    sealed text, "leafHash" text, proof text)
  WHERE e."tenantId" = p_tenant AND ledger.iso(e."timestamp"::timestamptz) = e."timestamp" AND ledger.is_readable(given)
    -- What it says is for the worker to check: none comes from a process of the release before.
    AND length(e.proof) BETWEEN 1 AND 500
    -- With another time it would be another row, and what is on record about the one would be taken for the other's.
    AND (SELECT l.entry_id FROM ledger.tree_leaves l WHERE l.tenant_id = p_tenant AND l.entry_id = e.id LIMIT 1) IS NULL;
  GET DIAGNOSTICS v_added = ROW_COUNT;
  IF v_added <> jsonb_array_length(p_entries) THEN
    RAISE EXCEPTION 'an entry names another tenant, has the older form, no proof or the id of another, can not be read back, or its timestamp is not ISO 8601 in UTC with milliseconds'
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
END $$;
COMMENT ON FUNCTION ledger.add_entries(text, jsonb) IS 'Entries from the camelCase JSON of a leaf (transparency/leaf.ts) with sealed and proof (base64) and leafHash (hex) beside it; none in the older form.';

DROP FUNCTION ledger.sequence(text, timestamptz, integer);
DROP FUNCTION ledger.place(text, boolean, integer);

-- Only what somebody asks for by name: whether an entry is ours can't be told here.
CREATE FUNCTION ledger.place(p_tenant text, p_entries jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_next bigint;
  v_placed integer;
BEGIN
  PERFORM ledger.own_tree(p_tenant);
  SELECT coalesce(max(position) + 1, 0) INTO v_next FROM ledger.tree_leaves WHERE tenant_id = p_tenant;
  INSERT INTO ledger.tree_leaves (tenant_id, position, entry_id, "timestamp", leaf_hash)
  SELECT p_tenant, v_next + row_number() OVER (ORDER BY given.n) - 1, e.id, e."timestamp", e.leaf_hash
  FROM jsonb_array_elements(p_entries) WITH ORDINALITY AS given(entry, n) JOIN ledger.audit_entries e
    ON e.tenant_id = p_tenant AND e.id = given.entry->>'id' AND e."timestamp" = (given.entry->>'timestamp')::timestamptz
  WHERE e.subject IS NOT NULL AND NOT EXISTS (SELECT FROM ledger.tree_leaves l
    WHERE l.tenant_id = p_tenant AND l.entry_id = e.id AND l."timestamp" = e."timestamp");
  GET DIAGNOSTICS v_placed = ROW_COUNT;
  RETURN v_placed;
END $$;
COMMENT ON FUNCTION ledger.place(text, jsonb) IS 'Gives these entries [{id, timestamp}] the next places, in this order; those that have one keep it. How many were placed.';

DO $$ BEGIN EXECUTE format('SET LOCAL ROLE %I', current_setting('openclaw.prefix') || '_ledger_reader'); END $$;

-- A look sees what was committed when it began. Whatever it could not see was written by a transaction that was running
-- then, or began later; so its number tells what is new, and no clock has a say.
CREATE FUNCTION ledger.unplaced(p_tenant text, p_wholly boolean, p_after jsonb, p_limit integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_before bigint := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
  v_since bigint;
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  IF NOT p_wholly THEN
    SELECT placed_before INTO v_since FROM ledger.tree_heads WHERE tenant_id = p_tenant ORDER BY n DESC LIMIT 1;
    -- Numbers only rise; if they did not, this is another server, with the data of the one before.
    IF v_since > v_before THEN
      v_since := NULL;
    END IF;
  END IF;
  RETURN (SELECT jsonb_build_object('before', v_before::text, 'entries', coalesce(jsonb_agg(jsonb_build_object(
      'id', e.id, 'timestamp', ledger.iso(e."timestamp"), 'leafHash', encode(e.leaf_hash, 'hex'),
      'proof', translate(encode(e.proof, 'base64'), E'\n', ''), 'isOlder', e.subject IS NULL) ORDER BY e."timestamp", e.id), '[]'),
    'next', CASE WHEN count(*) = p_limit THEN jsonb_build_object(
      'timestamp', max(e."timestamp"), 'id', (array_agg(e.id ORDER BY e."timestamp", e.id))[p_limit]) END)
    FROM (SELECT e.* FROM ledger.audit_entries e
      WHERE e.tenant_id = p_tenant AND (v_since IS NULL OR e.arrived >= v_since)
        AND (p_after IS NULL OR (e."timestamp", e.id) > ((p_after->>'timestamp')::timestamptz, p_after->>'id'))
        AND NOT EXISTS (SELECT FROM ledger.tree_leaves l
          WHERE l.tenant_id = p_tenant AND l.entry_id = e.id AND l."timestamp" = e."timestamp")
      ORDER BY e."timestamp", e.id LIMIT p_limit) AS e);
END $$;
COMMENT ON FUNCTION ledger.unplaced(text, boolean, jsonb, integer) IS 'Entries without a place, oldest first: those that came since the newest head, or p_wholly whichever there are. {before, entries: [{id, timestamp, leafHash, proof, isOlder}], next}: everything that transactions before that number wrote is on this page, on those before it or, with next for p_after, on those behind it.';

CREATE FUNCTION ledger.placed_proofs(p_tenant text, p_from bigint, p_to bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_from bigint;
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  v_from := greatest(p_from, (SELECT leaves FROM ledger.proofs_since WHERE tenant_id = p_tenant));
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('id', l.entry_id, 'timestamp', ledger.iso(l."timestamp"),
      'leafHash', encode(l.leaf_hash, 'hex'), 'proof', translate(encode(e.proof, 'base64'), E'\n', ''), 'isGone', e.id IS NULL)
      ORDER BY l.position), '[]')
    FROM ledger.tree_leaves l LEFT JOIN ledger.audit_entries e
      ON e.tenant_id = p_tenant AND e.id = l.entry_id AND e."timestamp" = l."timestamp"
    WHERE l.tenant_id = p_tenant AND l.position >= v_from AND l.position < p_to);
END $$;
COMMENT ON FUNCTION ledger.placed_proofs(text, bigint, bigint) IS 'Leaves at positions [p_from, p_to), as far as they are not from before there were proofs, with the proofs of their entries: [{id, timestamp, leafHash, proof, isGone}].';

CREATE OR REPLACE FUNCTION ledger.entry_json(p_entry ledger.audit_entries) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN pg_column_size(p_entry) > 8000 AND octet_length(shown::text) > 1100000
    -- None was ever written so large.
    THEN jsonb_build_object('id', p_entry.id, 'tenantId', p_entry.tenant_id, 'timestamp', ledger.iso(p_entry."timestamp"),
      'leafHash', encode(p_entry.leaf_hash, 'hex'))
    ELSE shown END
  FROM (SELECT jsonb_build_object('id', p_entry.id, 'tenantId', p_entry.tenant_id, 'orgUnit', p_entry.org_unit,
    'timestamp', ledger.iso(p_entry."timestamp"), 'actionType', p_entry.action_type,
    'event', p_entry.event, 'dataAccessed', p_entry.data_accessed,
    'modelUsed', p_entry.model_used, 'modelTokens', p_entry.model_tokens,
    'dataClassification', p_entry.data_classification, 'policyApplied', p_entry.policy_applied,
    'policyResult', p_entry.policy_result, 'policyReason', p_entry.policy_reason, 'outcome', p_entry.outcome,
    'requestId', p_entry.request_id, 'decisionId', p_entry.decision_id, 'metadata', p_entry.metadata,
    'leafHash', encode(p_entry.leaf_hash, 'hex'))
    || CASE WHEN p_entry.subject IS NULL
      THEN jsonb_build_object('userId', p_entry.user_id, 'actionDetail', p_entry.action_detail)
      ELSE jsonb_build_object('subject', p_entry.subject, 'personal', encode(p_entry.personal, 'hex'),
        'sealed', translate(encode(p_entry.sealed, 'base64'), E'\n', '')) END
    || CASE WHEN p_entry.proof IS NULL
      THEN jsonb_build_object('isFromBefore', EXISTS (SELECT FROM ledger.tree_leaves l JOIN ledger.proofs_since s
        ON s.tenant_id = l.tenant_id AND l.position < s.leaves
        WHERE l.tenant_id = p_entry.tenant_id AND l.entry_id = p_entry.id AND l."timestamp" = p_entry."timestamp"))
      ELSE jsonb_build_object('proof', translate(encode(p_entry.proof, 'base64'), E'\n', '')) END AS shown) AS whole
$$;

DO $$ BEGIN
  RESET ROLE;
  EXECUTE format('SET LOCAL ROLE %I', current_setting('openclaw.prefix') || '_ledger_owner');
END $$;

-- What never gets a place keeps no month, once it is on record as a gap.
CREATE OR REPLACE FUNCTION ledger.drop_month(p_month text, p_keep_days integer) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_table text := 'audit_entries_' || replace(p_month, '-', '_');
  v_from timestamptz;
  v_to timestamptz;
  v_tenant text;
  v_tenants text[];
  v_bare boolean := false;
BEGIN
  IF p_month !~ '^\d{4}-(0[1-9]|1[0-2])$' OR to_regclass('ledger.' || v_table) IS NULL THEN
    RETURN 'absent';
  END IF;
  v_from := to_date(p_month, 'YYYY-MM')::timestamp AT TIME ZONE 'UTC';
  v_to := (to_date(p_month, 'YYYY-MM') + interval '1 month') AT TIME ZONE 'UTC';
  IF v_to >= now() - make_interval(days => greatest(366, p_keep_days)) THEN
    RETURN 'too_young';
  END IF;
  IF EXISTS (SELECT FROM ledger.legal_holds h
    WHERE coalesce(h.from_at, '-infinity') < v_to AND coalesce(h.to_at, 'infinity') > v_from
      AND NOT EXISTS (SELECT FROM ledger.legal_hold_releases r WHERE r.tenant_id = h.tenant_id AND r.hold_id = h.hold_id))
  THEN
    RETURN 'held';
  END IF;
  -- Forced row-level security hides the month from its owner too. The lock that this takes is the one that dropping needs.
  EXECUTE format('ALTER TABLE ledger.%I NO FORCE ROW LEVEL SECURITY', v_table);
  EXECUTE format('SELECT coalesce(array_agg(DISTINCT tenant_id), ''{}'') FROM ledger.%I', v_table) INTO v_tenants;
  FOREACH v_tenant IN ARRAY v_tenants LOOP
    PERFORM set_config('ledger.tenant', v_tenant, true);
    EXECUTE format('SELECT EXISTS (SELECT FROM ledger.%I e WHERE e.tenant_id = $1 AND NOT EXISTS (
        SELECT FROM ledger.tree_leaves l WHERE l.tenant_id = $1 AND l.entry_id = e.id AND l.leaf_hash = e.leaf_hash
          AND l.position < (SELECT max(h.size) FROM ledger.tree_heads h WHERE h.tenant_id = $1))
        AND NOT (EXISTS (SELECT FROM ledger.gaps g WHERE g.tenant_id = $1 AND g.ref = e.id
            AND g.kind IN (''entry_foreign'', ''entry_without_place''))
          AND NOT EXISTS (SELECT FROM ledger.tree_leaves l WHERE l.tenant_id = $1 AND l.entry_id = e.id)))', v_table)
      INTO v_bare USING v_tenant;
    EXIT WHEN v_bare;
  END LOOP;
  IF v_bare THEN
    EXECUTE format('ALTER TABLE ledger.%I FORCE ROW LEVEL SECURITY', v_table);
    RETURN 'not_covered';
  END IF;
  EXECUTE format('DROP TABLE ledger.%I', v_table);
  RETURN 'dropped';
END $$;

DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_reader');
  REVOKE ALL ON FUNCTION ledger.unplaced, ledger.placed_proofs FROM PUBLIC;
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.unplaced, ledger.placed_proofs TO %I', prefix || '_app');
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_writer');
  REVOKE ALL ON FUNCTION ledger.place FROM PUBLIC;
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.place TO %I', prefix || '_app');
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('REVOKE CREATE ON SCHEMA ledger FROM %I, %I', prefix || '_ledger_writer', prefix || '_ledger_reader');
END $$;

RESET ROLE;
