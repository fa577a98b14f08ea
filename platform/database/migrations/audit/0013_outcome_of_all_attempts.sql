-- Up Migration
-- An outcome that says that nothing happened is about the attempts that its writer knew of: while another worker's next
-- attempt is on its way, it is refused.

DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('GRANT CREATE ON SCHEMA ledger TO %I', prefix || '_ledger_writer');
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_writer');
END $$;

-- What ends an effect and what sends it again take turns: neither sees the other's row before it has committed.
CREATE FUNCTION ledger.in_turn(p_tenant text, p_run_id text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT pg_advisory_xact_lock(hashtextextended(p_tenant || '|' || p_run_id, 0))
$$;
COMMENT ON FUNCTION ledger.in_turn(text, text) IS 'Waits until no other transaction adds an attempt to this effect or ends it.';

CREATE OR REPLACE FUNCTION ledger.add_attempt(p_tenant text, p_run_id text, p_n integer, p_decision jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_at timestamptz;
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  PERFORM ledger.in_turn(p_tenant, p_run_id);
  INSERT INTO ledger.effect_attempts (tenant_id, run_id, n, decision_id)
  SELECT p_tenant, p_run_id, p_n, p_decision->>'decisionId'
  WHERE p_n = 1 + (SELECT max(n) FROM ledger.effect_attempts WHERE tenant_id = p_tenant AND run_id = p_run_id)
    AND EXISTS (SELECT FROM ledger.attempt_ends WHERE tenant_id = p_tenant AND run_id = p_run_id AND n = p_n - 1)
    AND NOT EXISTS (SELECT FROM ledger.effect_outcomes WHERE tenant_id = p_tenant AND run_id = p_run_id)
  ON CONFLICT DO NOTHING RETURNING at INTO v_at;
  IF FOUND THEN
    PERFORM ledger.add_decision(p_tenant, p_decision);
    RETURN jsonb_build_object('added', true, 'at', ledger.iso(v_at));
  END IF;
  SELECT at INTO v_at FROM ledger.effect_attempts WHERE tenant_id = p_tenant AND run_id = p_run_id AND n = p_n;
  RETURN jsonb_build_object('added', false, 'at', ledger.iso(v_at));
END $$;

DROP FUNCTION ledger.finish_effect(text, text, jsonb, text, jsonb);
CREATE FUNCTION ledger.finish_effect(p_tenant text, p_run_id text, p_entry jsonb, p_outcome text, p_result jsonb, p_attempts integer)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_at timestamptz;
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  PERFORM ledger.in_turn(p_tenant, p_run_id);
  INSERT INTO ledger.effect_outcomes (tenant_id, run_id, outcome, entry_id, result)
  SELECT p_tenant, p_run_id, p_outcome, p_entry->>'id', p_result
  WHERE p_outcome = 'success' OR NOT EXISTS (SELECT FROM ledger.effect_attempts
    WHERE tenant_id = p_tenant AND run_id = p_run_id AND n > p_attempts)
  ON CONFLICT DO NOTHING RETURNING at INTO v_at;
  IF NOT FOUND THEN
    RETURN coalesce(ledger.outcome_of(p_tenant, p_run_id), jsonb_build_object('outcome', NULL))
      || jsonb_build_object('recorded', false);
  END IF;
  PERFORM ledger.add_entries(p_tenant, jsonb_build_array(p_entry));
  RETURN jsonb_build_object('outcome', p_outcome, 'result', p_result, 'at', ledger.iso(v_at), 'recorded', true);
END $$;
COMMENT ON FUNCTION ledger.finish_effect(text, text, jsonb, text, jsonb, integer) IS 'Outcome and its entry, once per effect; a repeated call returns what is on record. p_attempts: how many attempts it is about; unless it is a success, it is refused (outcome null) once there is another.';

REVOKE ALL ON FUNCTION ledger.in_turn, ledger.finish_effect FROM PUBLIC;
DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.finish_effect TO %I', prefix || '_app');
  RESET ROLE;
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('REVOKE CREATE ON SCHEMA ledger FROM %I', prefix || '_ledger_writer');
END $$;

RESET ROLE;
