-- Up Migration
-- What the log says of an erasure goes by places, as verifiers read it, and an intention lasts for a day. What could not be
-- read back is not taken, what is read at once has a bound, and a gap is on record with an entry that says so.

DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('GRANT CREATE ON SCHEMA ledger TO %I, %I', prefix || '_ledger_writer', prefix || '_ledger_reader');
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_writer');
END $$;

CREATE FUNCTION ledger.is_readable(p_entry jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp AS $$
  SELECT octet_length(p_entry::text) <= 1048576
    AND NOT jsonb_path_exists(p_entry, 'strict $.**{33 to last}')
    AND NOT jsonb_path_exists(p_entry, 'strict $.** ? (@.type() == "number" && (@ > 1.7e308 || @ < -1.7e308))')
    AND p_entry->>'id' ~ '^aud_[0-9A-Z]{26}$' AND p_entry->>'subject' ~ '^sub_[0-9A-Za-z_]{1,64}$'
$$;
COMMENT ON FUNCTION ledger.is_readable(jsonb) IS 'Whether every reader can read an entry: 1 MiB, 32 levels, numbers that a double holds, names of their form.';

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
  FROM jsonb_array_elements(p_entries) AS given,
    jsonb_to_record(given) AS e(id text, "tenantId" text, "orgUnit" text, subject text,
    "timestamp" text, "actionType" text, event text, "dataAccessed" jsonb,
    "modelUsed" text, "modelTokens" jsonb, "dataClassification" text, "policyApplied" text, "policyResult" text,
    "policyReason" text, outcome text, "requestId" text, "decisionId" text, metadata jsonb, personal text,
    sealed text, "leafHash" text)
  WHERE e."tenantId" = p_tenant AND ledger.iso(e."timestamp"::timestamptz) = e."timestamp" AND ledger.is_readable(given)
    -- With another time it would be another row, and what is on record about the one would be taken for the other's.
    AND (SELECT l.entry_id FROM ledger.tree_leaves l WHERE l.tenant_id = p_tenant AND l.entry_id = e.id LIMIT 1) IS NULL;
  GET DIAGNOSTICS v_added = ROW_COUNT;
  IF v_added <> jsonb_array_length(p_entries) THEN
    RAISE EXCEPTION 'an entry names another tenant, has the older form or the id of another, can not be read back, or its timestamp is not ISO 8601 in UTC with milliseconds'
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
END $$;

CREATE OR REPLACE FUNCTION ledger.record_gap(p_tenant text, p_kind text, p_ref text, p_entry jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  -- What is on record as a gap is not told again: nobody may take it off the list without its being told.
  IF p_entry->>'event' IS DISTINCT FROM 'audit.gap_found'
    OR p_entry->'metadata' IS DISTINCT FROM jsonb_build_object('kind', p_kind, 'ref', p_ref)
  THEN
    RAISE EXCEPTION 'the entry does not tell of this gap' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  INSERT INTO ledger.gaps (tenant_id, kind, ref) VALUES (p_tenant, p_kind, p_ref) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM ledger.add_entries(p_tenant, jsonb_build_array(p_entry));
  RETURN true;
END $$;

DO $$ BEGIN EXECUTE format('SET LOCAL ROLE %I', current_setting('openclaw.prefix') || '_ledger_reader'); END $$;

-- The same words as in transparency/erasure-word.ts and docs/verify_audit.py. Entries without a place come behind all that
-- have one, in the order in which they will get theirs.
CREATE OR REPLACE FUNCTION ledger.erased_subjects(p_tenant text, p_subjects jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT coalesce(jsonb_agg(said.subject), '[]') FROM (
    SELECT DISTINCT ON (e.metadata->>'subject') e.metadata->>'subject' AS subject, e.metadata->>'key' AS key, e.outcome,
      e."timestamp" AS at
    FROM ledger.audit_entries e LEFT JOIN ledger.tree_leaves l
      ON l.tenant_id = p_tenant AND l.entry_id = e.id AND l."timestamp" = e."timestamp"
    WHERE e.tenant_id = p_tenant AND e.action_type = 'administration' AND e.event = 'user_data.erased'
      AND e.subject IS NOT NULL AND jsonb_typeof(e.metadata->'subject') = 'string' AND p_subjects ? (e.metadata->>'subject')
      AND CASE e.outcome
        WHEN 'success' THEN coalesce(e.metadata->'key', 'null') IN ('null', '"destroyed"', '"kept"')
        WHEN 'intended' THEN e.metadata->'key' = '"destroyed"'
        ELSE false END
    ORDER BY e.metadata->>'subject', l.position DESC NULLS FIRST, e."timestamp" DESC, e.id DESC) AS said
    WHERE said.key IS DISTINCT FROM 'kept'
      AND (said.outcome = 'success' OR said.at BETWEEN clock_timestamp() - interval '1 day' AND clock_timestamp() + interval '1 day'));
END $$;
COMMENT ON FUNCTION ledger.erased_subjects(text, jsonb) IS 'Of which of these subjects [sub_…] the log says that the key was destroyed by an erasure, or was about to be within a day of now.';

CREATE OR REPLACE FUNCTION ledger.read_places(p_tenant text, p_filters jsonb, p_from bigint, p_to bigint) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET enable_nestloop = off AS $$
DECLARE
  v_first timestamptz;
  v_last timestamptz;
  v_placed json;
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  IF p_to - p_from NOT BETWEEN 1 AND 10000 THEN
    RAISE EXCEPTION 'range of positions out of range' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT min("timestamp"), max("timestamp") INTO v_first, v_last FROM ledger.tree_leaves
  WHERE tenant_id = p_tenant AND position >= p_from AND position < p_to;
  v_placed := (SELECT coalesce(json_agg(row_to_json(placed)), '[]') FROM (
    SELECT l.position, e.id, e.tenant_id AS "tenantId", e.org_unit AS "orgUnit", e.user_id AS "userId", e.subject,
      to_char(e."timestamp" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "timestamp",
      e.action_type AS "actionType", e.event, e.action_detail AS "actionDetail", encode(e.personal, 'hex') AS personal,
      translate(encode(e.sealed, 'base64'), E'\n', '') AS sealed, e.data_accessed AS "dataAccessed",
      e.model_used AS "modelUsed", e.model_tokens AS "modelTokens", e.data_classification AS "dataClassification",
      e.policy_applied AS "policyApplied", e.policy_result AS "policyResult", e.policy_reason AS "policyReason",
      e.outcome, e.request_id AS "requestId", e.decision_id AS "decisionId", e.metadata,
      encode(e.leaf_hash, 'hex') AS "leafHash"
    FROM ledger.tree_leaves l JOIN ledger.matching(p_tenant, '{"kind": "tenant"}', p_filters) e
      ON e.id = l.entry_id AND e."timestamp" = l."timestamp"
    WHERE l.tenant_id = p_tenant AND l.position >= p_from AND l.position < p_to
      AND e."timestamp" BETWEEN v_first AND v_last
    ORDER BY l.position) AS placed);
  IF octet_length(v_placed::text) <= 33554432 THEN
    RETURN v_placed;
  ELSIF p_to - p_from > 1 THEN
    RAISE EXCEPTION 'the entries of these positions take more than 32 MiB' USING ERRCODE = 'program_limit_exceeded';
  END IF;
  -- None was ever written so large: it was changed, which shows as its leaf, whatever is said of the rest.
  RETURN (SELECT json_build_array(json_build_object('position', l.position, 'id', l.entry_id, 'tenantId', p_tenant, 'orgUnit', '',
      'subject', 'sub_unreadable', 'timestamp', ledger.iso(l."timestamp"), 'actionType', '', 'event', '', 'personal', '', 'sealed', '',
      'dataAccessed', '[]'::json, 'policyApplied', '', 'policyReason', '', 'outcome', '', 'metadata', '{}'::json,
      'leafHash', encode(l.leaf_hash, 'hex')))
    FROM ledger.tree_leaves l WHERE l.tenant_id = p_tenant AND l.position = p_from);
END $$;
COMMENT ON FUNCTION ledger.read_places(text, jsonb, bigint, bigint) IS 'Entries at positions [p_from, p_to) that match, in order; program_limit_exceeded where several are too large to be read at once, and one that is says nothing.';

CREATE FUNCTION ledger.new_gaps(p_tenant text, p_gaps jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT coalesce(jsonb_agg(gap ORDER BY n), '[]') FROM jsonb_array_elements(p_gaps) WITH ORDINALITY AS e(gap, n)
    WHERE NOT EXISTS (SELECT FROM ledger.gaps g WHERE g.tenant_id = p_tenant AND g.kind = gap->>'kind' AND g.ref = gap->>'ref'));
END $$;
COMMENT ON FUNCTION ledger.new_gaps(text, jsonb) IS 'Those of these gaps [{kind, ref}] that are not on record yet.';

REVOKE ALL ON FUNCTION ledger.erased_subjects, ledger.read_places, ledger.new_gaps FROM PUBLIC;
DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.erased_subjects, ledger.read_places, ledger.new_gaps TO %I', prefix || '_app');
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_writer');
  REVOKE ALL ON FUNCTION ledger.record_gap, ledger.is_readable, ledger.add_entries FROM PUBLIC;
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.record_gap TO %I', prefix || '_app');
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('REVOKE CREATE ON SCHEMA ledger FROM %I, %I', prefix || '_ledger_writer', prefix || '_ledger_reader');
END $$;

RESET ROLE;
