-- Up Migration
-- The only way to read: as the reader, under the same row-level security.

DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('GRANT CREATE ON SCHEMA ledger TO %I', prefix || '_ledger_reader');
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_reader');
END $$;

CREATE FUNCTION ledger.entry_json(p_entry ledger.audit_entries) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object('id', p_entry.id, 'tenantId', p_entry.tenant_id, 'orgUnit', p_entry.org_unit,
    'userId', p_entry.user_id, 'timestamp', ledger.iso(p_entry."timestamp"), 'actionType', p_entry.action_type,
    'event', p_entry.event, 'actionDetail', p_entry.action_detail, 'dataAccessed', p_entry.data_accessed,
    'modelUsed', p_entry.model_used, 'modelTokens', p_entry.model_tokens,
    'dataClassification', p_entry.data_classification, 'policyApplied', p_entry.policy_applied,
    'policyResult', p_entry.policy_result, 'policyReason', p_entry.policy_reason, 'outcome', p_entry.outcome,
    'requestId', p_entry.request_id, 'decisionId', p_entry.decision_id, 'metadata', p_entry.metadata,
    'leafHash', encode(p_entry.leaf_hash, 'hex'))
$$;
COMMENT ON FUNCTION ledger.entry_json(ledger.audit_entries) IS 'The entry as it was hashed (domain/audit.ts), with leafHash beside it.';

-- No SET clause: only so can the planner see through it, and it is nobody's to call but the reader's.
CREATE FUNCTION ledger.matching(p_tenant text, p_visibility jsonb, p_filters jsonb) RETURNS SETOF ledger.audit_entries
LANGUAGE sql STABLE AS $$
  SELECT e.* FROM ledger.audit_entries e
  WHERE e.tenant_id = p_tenant
    AND CASE p_visibility->>'kind'
      WHEN 'tenant' THEN true
      WHEN 'org' THEN e.org_unit = p_visibility->>'orgUnit' OR starts_with(e.org_unit, p_visibility->>'orgUnit' || '/')
      WHEN 'own' THEN e.user_id = p_visibility->>'userId'
      ELSE false END
    AND e."timestamp" >= coalesce((p_filters->>'from')::timestamptz, '-infinity')
    AND e."timestamp" < coalesce((p_filters->>'to')::timestamptz, 'infinity')
    AND (p_filters->>'id' IS NULL OR e.id = p_filters->>'id')
    AND (p_filters->>'userId' IS NULL OR e.user_id = p_filters->>'userId')
    AND (p_filters->>'actionType' IS NULL OR e.action_type = p_filters->>'actionType')
    AND (p_filters->>'outcome' IS NULL OR e.outcome = p_filters->>'outcome')
    AND (p_filters->>'policyResult' IS NULL OR e.policy_result = p_filters->>'policyResult')
    AND (p_filters->>'requestId' IS NULL OR e.request_id = p_filters->>'requestId')
$$;
COMMENT ON FUNCTION ledger.matching(text, jsonb, jsonb) IS 'Entries that a person may see and asked for; an unknown kind of visibility sees nothing.';

-- Planned anew for each call: which filters are given decides which index serves.
CREATE FUNCTION ledger.read_entries(p_tenant text, p_visibility jsonb, p_filters jsonb, p_limit integer, p_offset integer)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_total bigint;
  v_entries jsonb;
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  IF p_limit NOT BETWEEN 1 AND 1000 OR p_offset < 0 THEN
    RAISE EXCEPTION 'limit or offset out of range' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT count(*) INTO v_total FROM ledger.matching(p_tenant, p_visibility, p_filters);
  SELECT coalesce(jsonb_agg(ledger.entry_json(page) ORDER BY page."timestamp" DESC, page.id DESC), '[]') INTO v_entries
  FROM (
    SELECT * FROM ledger.matching(p_tenant, p_visibility, p_filters)
    ORDER BY "timestamp" DESC, id DESC LIMIT p_limit OFFSET p_offset
  ) AS page;
  RETURN jsonb_build_object('total', v_total, 'entries', v_entries);
END $$;
COMMENT ON FUNCTION ledger.read_entries(text, jsonb, jsonb, integer, integer) IS 'One page, newest first, and how many there are; visibility is {kind: tenant | org | own} with orgUnit or userId.';

REVOKE ALL ON FUNCTION ledger.entry_json, ledger.matching, ledger.read_entries FROM PUBLIC;
DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.read_entries TO %I', prefix || '_app');
  RESET ROLE;
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('REVOKE CREATE ON SCHEMA ledger FROM %I', prefix || '_ledger_reader');
END $$;

RESET ROLE;
