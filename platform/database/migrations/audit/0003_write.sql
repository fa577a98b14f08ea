-- Up Migration
-- The only way to write: four functions, each one round trip and one transaction. They run as the writer, and each
-- makes the setting ledger.tenant first. The setting is no secret: whoever sets it by hand still reaches no table.

DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('GRANT CREATE ON SCHEMA ledger TO %I', prefix || '_ledger_writer');
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_writer');
END $$;

CREATE FUNCTION ledger.iso(p_at timestamptz) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
COMMENT ON FUNCTION ledger.iso(timestamptz) IS 'ISO 8601 in UTC with milliseconds, the form that entries are hashed in.';

CREATE FUNCTION ledger.add_entries(p_tenant text, p_entries jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM jsonb_array_elements(p_entries) e
    WHERE e->>'tenantId' IS DISTINCT FROM p_tenant OR ledger.iso((e->>'timestamp')::timestamptz) IS DISTINCT FROM e->>'timestamp')
  THEN
    RAISE EXCEPTION 'an entry names another tenant, or its timestamp is not ISO 8601 in UTC with milliseconds'
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  INSERT INTO ledger.audit_entries (id, tenant_id, org_unit, user_id, "timestamp", action_type, event, action_detail,
    data_accessed, model_used, model_tokens, data_classification, policy_applied, policy_result, policy_reason, outcome,
    request_id, decision_id, metadata, leaf_hash)
  SELECT e.id, e."tenantId", e."orgUnit", e."userId", e."timestamp", e."actionType", e.event, e."actionDetail",
    e."dataAccessed", e."modelUsed", e."modelTokens", e."dataClassification", e."policyApplied", e."policyResult",
    e."policyReason", e.outcome, e."requestId", e."decisionId", e.metadata, decode(e."leafHash", 'hex')
  FROM jsonb_to_recordset(p_entries) AS e(id text, "tenantId" text, "orgUnit" text, "userId" text, "timestamp" timestamptz,
    "actionType" text, event text, "actionDetail" text, "dataAccessed" jsonb, "modelUsed" text, "modelTokens" jsonb,
    "dataClassification" text, "policyApplied" text, "policyResult" text, "policyReason" text, outcome text,
    "requestId" text, "decisionId" text, metadata jsonb, "leafHash" text);
END $$;
COMMENT ON FUNCTION ledger.add_entries(text, jsonb) IS 'Entries from the camelCase JSON of domain/audit.ts with leafHash (hex) beside it.';

CREATE FUNCTION ledger.add_decision(p_tenant text, p_decision jsonb) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO ledger.decisions (tenant_id, decision_id, request_id, run_id, verdict, rules, input, digest, at)
  VALUES (p_tenant, p_decision->>'decisionId', p_decision->>'requestId', p_decision->>'runId', p_decision->>'verdict',
    p_decision->'rules', p_decision->'input', p_decision->>'digest', (p_decision->>'at')::timestamptz)
$$;
COMMENT ON FUNCTION ledger.add_decision(text, jsonb) IS 'One decision from its camelCase JSON.';

CREATE FUNCTION ledger.outcome_of(p_tenant text, p_run_id text) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object('outcome', outcome, 'result', result, 'at', ledger.iso(at))
  FROM ledger.effect_outcomes WHERE tenant_id = p_tenant AND run_id = p_run_id
$$;
COMMENT ON FUNCTION ledger.outcome_of(text, text) IS 'What is on record of an effect; null when nothing is.';

CREATE FUNCTION ledger.claim_of(p_tenant text, p_run_id text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT jsonb_build_object('claim', 'existing', 'inputDigest', c.input_digest, 'now', ledger.iso(clock_timestamp()),
      'outcome', ledger.outcome_of(p_tenant, p_run_id),
      'attempts', (SELECT coalesce(jsonb_agg(jsonb_build_object('n', n, 'at', ledger.iso(at)) ORDER BY n), '[]')
        FROM ledger.effect_attempts WHERE tenant_id = p_tenant AND run_id = p_run_id))
    FROM ledger.effect_claims c WHERE c.tenant_id = p_tenant AND c.run_id = p_run_id);
END $$;
COMMENT ON FUNCTION ledger.claim_of(text, text) IS 'The claim of an effect with its attempts and outcome; null when nobody claimed it.';

CREATE FUNCTION ledger.begin_effect(p_tenant text, p_decision jsonb, p_entry jsonb, p_claim jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_run_id text := p_claim->>'runId';
  v_claimed boolean;
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  INSERT INTO ledger.effect_claims (tenant_id, run_id, request_id, approval_id, names_run_id, input_digest, intent_entry_id)
  VALUES (p_tenant, v_run_id, p_claim->>'requestId', p_claim->>'approvalId', p_claim->>'namesRunId',
    p_claim->>'inputDigest', p_entry->>'id')
  ON CONFLICT DO NOTHING;
  v_claimed := FOUND;
  IF v_claimed THEN
    PERFORM ledger.add_decision(p_tenant, p_decision);
    PERFORM ledger.add_entries(p_tenant, jsonb_build_array(p_entry));
    INSERT INTO ledger.effect_attempts (tenant_id, run_id, n) VALUES (p_tenant, v_run_id, 1);
  END IF;
  RETURN coalesce(ledger.claim_of(p_tenant, v_run_id), jsonb_build_object('inputDigest', NULL, 'outcome', NULL,
      'attempts', '[]'::jsonb, 'now', ledger.iso(clock_timestamp()), 'claim', 'approval_consumed'))
    || CASE WHEN v_claimed THEN jsonb_build_object('claim', 'new') ELSE '{}' END;
END $$;
COMMENT ON FUNCTION ledger.begin_effect(text, jsonb, jsonb, jsonb) IS 'Claim, decision, intent and attempt 1 together; or nothing, and the claim on record (existing), or approval_consumed when another effect used the approval.';

CREATE FUNCTION ledger.add_attempt(p_tenant text, p_run_id text, p_n integer) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_at timestamptz;
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  INSERT INTO ledger.effect_attempts (tenant_id, run_id, n)
  SELECT p_tenant, p_run_id, p_n
  WHERE p_n = 1 + (SELECT max(n) FROM ledger.effect_attempts WHERE tenant_id = p_tenant AND run_id = p_run_id)
    AND NOT EXISTS (SELECT FROM ledger.effect_outcomes WHERE tenant_id = p_tenant AND run_id = p_run_id)
  ON CONFLICT DO NOTHING RETURNING at INTO v_at;
  IF FOUND THEN
    RETURN jsonb_build_object('added', true, 'at', ledger.iso(v_at));
  END IF;
  SELECT at INTO v_at FROM ledger.effect_attempts WHERE tenant_id = p_tenant AND run_id = p_run_id AND n = p_n;
  RETURN jsonb_build_object('added', false, 'at', ledger.iso(v_at));
END $$;
COMMENT ON FUNCTION ledger.add_attempt(text, text, integer) IS 'The next attempt of a claimed effect without an outcome; added is false when another worker has it.';

CREATE FUNCTION ledger.finish_effect(p_tenant text, p_run_id text, p_entry jsonb, p_outcome text, p_result jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_recorded boolean;
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  INSERT INTO ledger.effect_outcomes (tenant_id, run_id, outcome, entry_id, result)
  VALUES (p_tenant, p_run_id, p_outcome, p_entry->>'id', p_result)
  ON CONFLICT DO NOTHING;
  v_recorded := FOUND;
  IF v_recorded THEN
    PERFORM ledger.add_entries(p_tenant, jsonb_build_array(p_entry));
  END IF;
  RETURN ledger.outcome_of(p_tenant, p_run_id) || jsonb_build_object('recorded', v_recorded);
END $$;
COMMENT ON FUNCTION ledger.finish_effect(text, text, jsonb, text, jsonb) IS 'Outcome and its entry, once per effect; a repeated call returns what is on record.';

CREATE FUNCTION ledger.record(p_tenant text, p_decision jsonb, p_entries jsonb, p_dedupe_key text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  IF p_entries IS NULL OR jsonb_array_length(p_entries) = 0 THEN
    RAISE EXCEPTION 'nothing to record' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF p_dedupe_key IS NOT NULL THEN
    INSERT INTO ledger.dedupe_keys (tenant_id, dedupe_key) VALUES (p_tenant, p_dedupe_key) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
      RETURN false;
    END IF;
  END IF;
  IF p_decision IS NOT NULL THEN
    PERFORM ledger.add_decision(p_tenant, p_decision);
  END IF;
  PERFORM ledger.add_entries(p_tenant, p_entries);
  RETURN true;
END $$;
COMMENT ON FUNCTION ledger.record(text, jsonb, jsonb, text) IS 'Entries, with or without a decision; false when the dedupe key is on record already.';

REVOKE ALL ON FUNCTION ledger.iso, ledger.add_entries, ledger.add_decision, ledger.outcome_of, ledger.claim_of, ledger.begin_effect,
  ledger.add_attempt, ledger.finish_effect, ledger.record FROM PUBLIC;
DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.claim_of, ledger.begin_effect, ledger.add_attempt, ledger.finish_effect, ledger.record TO %I', prefix || '_app');
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.iso TO %I', prefix || '_ledger_reader');
  RESET ROLE;
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('REVOKE CREATE ON SCHEMA ledger FROM %I', prefix || '_ledger_writer');
END $$;

RESET ROLE;
