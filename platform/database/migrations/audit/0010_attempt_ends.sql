-- Up Migration
-- What is known of an attempt beyond that it was made: that it surely had no effect, and which decision let it send. Whoever
-- finds a newest attempt that has ended so need not look for its effect.

DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('GRANT CREATE ON SCHEMA ledger TO %I, %I', prefix || '_ledger_writer', prefix || '_ledger_reader');
END $$;

ALTER TABLE ledger.effect_attempts ADD COLUMN decision_id text;
COMMENT ON COLUMN ledger.effect_attempts.decision_id IS 'The decision that let it send; null in attempts from before this was kept.';

CREATE TABLE ledger.attempt_ends (
  tenant_id text NOT NULL,
  run_id text NOT NULL,
  n integer NOT NULL,
  code text NOT NULL,
  again_at timestamptz,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, run_id, n),
  FOREIGN KEY (tenant_id, run_id, n) REFERENCES ledger.effect_attempts
);
COMMENT ON TABLE ledger.attempt_ends IS 'Attempts that surely had no effect: nothing was sent, it was refused, or once it had settled it was looked for and was not there.';
COMMENT ON COLUMN ledger.attempt_ends.code IS 'Error code: why it had none.';
COMMENT ON COLUMN ledger.attempt_ends.again_at IS 'Before this the provider wants no further call; null where it named no time.';

DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  PERFORM ledger.seal('ledger.attempt_ends'::regclass);
  CREATE POLICY by_tenant ON ledger.attempt_ends USING (tenant_id = current_setting('ledger.tenant', true))
    WITH CHECK (tenant_id = current_setting('ledger.tenant', true));
  EXECUTE format('GRANT SELECT, INSERT ON ledger.attempt_ends TO %I', prefix || '_ledger_writer');
  EXECUTE format('GRANT SELECT ON ledger.attempt_ends TO %I', prefix || '_ledger_reader');
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_writer');
END $$;

CREATE OR REPLACE FUNCTION ledger.claim_of(p_tenant text, p_run_id text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT jsonb_build_object('claim', 'existing', 'inputDigest', c.input_digest, 'now', ledger.iso(clock_timestamp()),
      'outcome', ledger.outcome_of(p_tenant, p_run_id),
      'attempts', (SELECT coalesce(jsonb_agg(jsonb_build_object('n', a.n, 'at', ledger.iso(a.at), 'decisionId', a.decision_id,
          'ended', CASE WHEN e.n IS NULL THEN NULL ELSE jsonb_build_object('code', e.code, 'againAt', ledger.iso(e.again_at)) END)
          ORDER BY a.n), '[]')
        FROM ledger.effect_attempts a LEFT JOIN ledger.attempt_ends e USING (tenant_id, run_id, n)
        WHERE a.tenant_id = p_tenant AND a.run_id = p_run_id),
      'claimedUnder', (SELECT jsonb_build_object('decisionId', i.decision_id, 'verdict', i.policy_result,
          'policyApplied', i.policy_applied, 'reason', i.policy_reason, 'classification', i.data_classification)
        FROM ledger.audit_entries i
        WHERE i.tenant_id = p_tenant AND i.id = c.intent_entry_id AND i.decision_id IS NOT NULL LIMIT 1))
    FROM ledger.effect_claims c WHERE c.tenant_id = p_tenant AND c.run_id = p_run_id);
END $$;
COMMENT ON FUNCTION ledger.claim_of(text, text) IS 'The claim of an effect with its attempts, its outcome, and the decision under which it was made, as its intent states it (null once that is gone); null when nobody claimed it.';

CREATE OR REPLACE FUNCTION ledger.begin_effect(p_tenant text, p_decision jsonb, p_entry jsonb, p_claim jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_run_id text := p_claim->>'runId';
  v_at timestamptz;
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  INSERT INTO ledger.effect_claims (tenant_id, run_id, request_id, approval_id, names_run_id, input_digest, intent_entry_id)
  VALUES (p_tenant, v_run_id, p_claim->>'requestId', p_claim->>'approvalId', p_claim->>'namesRunId',
    p_claim->>'inputDigest', p_entry->>'id')
  ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN coalesce(ledger.claim_of(p_tenant, v_run_id), jsonb_build_object('inputDigest', NULL, 'outcome', NULL,
      'attempts', '[]'::jsonb, 'claimedUnder', NULL, 'now', ledger.iso(clock_timestamp()), 'claim', 'approval_consumed'));
  END IF;
  PERFORM ledger.add_decision(p_tenant, p_decision);
  PERFORM ledger.add_entries(p_tenant, jsonb_build_array(p_entry));
  INSERT INTO ledger.effect_attempts (tenant_id, run_id, n, decision_id) VALUES (p_tenant, v_run_id, 1, p_decision->>'decisionId')
  RETURNING at INTO v_at;
  RETURN jsonb_build_object('claim', 'new', 'inputDigest', p_claim->>'inputDigest', 'outcome', NULL, 'claimedUnder', NULL,
    'attempts', jsonb_build_array(jsonb_build_object('n', 1, 'at', ledger.iso(v_at), 'decisionId', p_decision->>'decisionId',
      'ended', NULL)), 'now', ledger.iso(clock_timestamp()));
END $$;

-- What ends an effect and what sends it again take turns: neither sees the other's row before it has committed.
CREATE FUNCTION ledger.in_turn(p_tenant text, p_run_id text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT pg_advisory_xact_lock(hashtextextended(p_tenant || '|' || p_run_id, 0))
$$;
COMMENT ON FUNCTION ledger.in_turn(text, text) IS 'Waits until no other transaction adds an attempt to this effect or ends it.';

CREATE FUNCTION ledger.add_attempt(p_tenant text, p_run_id text, p_n integer, p_decision jsonb) RETURNS jsonb
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
    IF p_decision IS NOT NULL THEN
      PERFORM ledger.add_decision(p_tenant, p_decision);
    END IF;
    RETURN jsonb_build_object('added', true, 'at', ledger.iso(v_at));
  END IF;
  SELECT at INTO v_at FROM ledger.effect_attempts WHERE tenant_id = p_tenant AND run_id = p_run_id AND n = p_n;
  RETURN jsonb_build_object('added', false, 'at', ledger.iso(v_at));
END $$;
COMMENT ON FUNCTION ledger.add_attempt(text, text, integer, jsonb) IS 'The next attempt of a claimed effect without an outcome, with the decision that lets it send; added is false when another worker has it, or the attempt before has not ended.';

-- Workers of the release before call it so, and only after a look that found nothing.
CREATE OR REPLACE FUNCTION ledger.add_attempt(p_tenant text, p_run_id text, p_n integer) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  PERFORM ledger.in_turn(p_tenant, p_run_id);
  INSERT INTO ledger.attempt_ends (tenant_id, run_id, n, code)
  SELECT tenant_id, run_id, n, 'api_unreachable' FROM ledger.effect_attempts
  WHERE tenant_id = p_tenant AND run_id = p_run_id AND n = p_n - 1
    AND NOT EXISTS (SELECT FROM ledger.effect_outcomes WHERE tenant_id = p_tenant AND run_id = p_run_id)
  ON CONFLICT DO NOTHING;
  RETURN ledger.add_attempt(p_tenant, p_run_id, p_n, NULL);
END $$;
COMMENT ON FUNCTION ledger.add_attempt(text, text, integer) IS 'For workers of the release before: ends the attempt before, whose effect they have looked for in vain, and adds the next.';

-- An outcome that says that nothing happened is about the attempts that its writer knew of: while another worker's next
-- attempt is on its way, it is refused.
DROP FUNCTION ledger.finish_effect(text, text, jsonb, text, jsonb);
CREATE FUNCTION ledger.finish_effect(p_tenant text, p_run_id text, p_entry jsonb, p_outcome text, p_result jsonb,
  p_attempts integer DEFAULT 2147483647)
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
COMMENT ON FUNCTION ledger.finish_effect(text, text, jsonb, text, jsonb, integer) IS 'Outcome and its entry, once per effect; a repeated call returns what is on record. p_attempts: how many attempts it is about; unless it is a success, it is refused (outcome null) once there is another; workers of the release before do not say.';

CREATE FUNCTION ledger.end_attempt(p_tenant text, p_run_id text, p_n integer, p_code text, p_again_ms double precision)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  INSERT INTO ledger.attempt_ends (tenant_id, run_id, n, code, again_at)
  SELECT p_tenant, p_run_id, p_n, p_code, clock_timestamp() + p_again_ms * interval '1 millisecond'
  WHERE NOT EXISTS (SELECT FROM ledger.effect_outcomes WHERE tenant_id = p_tenant AND run_id = p_run_id)
  ON CONFLICT DO NOTHING;
  RETURN FOUND;
END $$;
COMMENT ON FUNCTION ledger.end_attempt(text, text, integer, text, double precision) IS 'An attempt surely had no effect, and the provider wants no call for so many milliseconds (null: it named no time); false when that is on record already or the effect has an outcome.';

DO $$ BEGIN EXECUTE format('SET LOCAL ROLE %I', current_setting('openclaw.prefix') || '_ledger_reader'); END $$;

CREATE OR REPLACE FUNCTION ledger.find_gaps(p_tenant text, p_after timestamptz, p_before timestamptz, p_limit integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', found.kind, 'ref', found.ref)), '[]') FROM (
    SELECT 'claim_without_outcome' AS kind, c.run_id AS ref FROM ledger.effect_claims c
    WHERE c.tenant_id = p_tenant AND c.claimed_at >= p_after AND c.claimed_at < p_before
      AND NOT EXISTS (SELECT FROM ledger.effect_outcomes o WHERE o.tenant_id = p_tenant AND o.run_id = c.run_id)
      AND NOT EXISTS (SELECT FROM ledger.effect_attempts a
        WHERE a.tenant_id = p_tenant AND a.run_id = c.run_id AND a.at >= p_before)
      -- It waits for the time that the provider named, and a while after that.
      AND NOT EXISTS (SELECT FROM ledger.attempt_ends w
        WHERE w.tenant_id = p_tenant AND w.run_id = c.run_id AND w.again_at >= p_before)
    UNION ALL
    SELECT 'claim_without_intent', c.run_id FROM ledger.effect_claims c
    WHERE c.tenant_id = p_tenant AND c.claimed_at >= p_after AND c.claimed_at < p_before
      AND NOT EXISTS (SELECT FROM ledger.audit_entries e WHERE e.tenant_id = p_tenant AND e.id = c.intent_entry_id
        AND e."timestamp" >= p_after - interval '1 day')
    UNION ALL
    SELECT 'claim_without_decision', c.run_id FROM ledger.effect_claims c
    WHERE c.tenant_id = p_tenant AND c.claimed_at >= p_after AND c.claimed_at < p_before
      AND NOT EXISTS (SELECT FROM ledger.decisions d
        WHERE d.tenant_id = p_tenant AND d.request_id = c.request_id AND d.run_id = c.run_id)
    UNION ALL
    SELECT 'outcome_without_entry', o.run_id FROM ledger.effect_outcomes o
    WHERE o.tenant_id = p_tenant AND o.at >= p_after AND o.at < p_before
      AND NOT EXISTS (SELECT FROM ledger.audit_entries e WHERE e.tenant_id = p_tenant AND e.id = o.entry_id
        AND e."timestamp" >= p_after - interval '1 day')
    UNION ALL
    SELECT 'decision_without_entry', d.decision_id FROM ledger.decisions d
    WHERE d.tenant_id = p_tenant AND d.recorded_at >= p_after AND d.recorded_at < p_before
      AND NOT EXISTS (SELECT FROM ledger.audit_entries e WHERE e.tenant_id = p_tenant AND e.decision_id = d.decision_id
        AND e."timestamp" >= p_after - interval '1 day')
      -- What let a later attempt send belongs to an effect that has its intent.
      AND NOT EXISTS (SELECT FROM ledger.effect_attempts a
        WHERE a.tenant_id = p_tenant AND a.run_id = d.run_id AND a.n > 1 AND a.decision_id = d.decision_id)
    UNION ALL
    SELECT 'attempt_without_decision', a.run_id || '#' || a.n FROM ledger.effect_attempts a
    WHERE a.tenant_id = p_tenant AND a.at >= p_after AND a.at < p_before AND a.n > 1
      AND a.decision_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM ledger.decisions d WHERE d.tenant_id = p_tenant AND d.decision_id = a.decision_id)
    UNION ALL
    SELECT 'entry_without_decision', e.id FROM ledger.audit_entries e
    WHERE e.tenant_id = p_tenant AND e."timestamp" >= p_after AND e."timestamp" < p_before AND e.decision_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM ledger.decisions d WHERE d.tenant_id = p_tenant AND d.decision_id = e.decision_id)
    UNION ALL
    SELECT 'leaf_without_entry', l.entry_id FROM ledger.tree_leaves l
    WHERE l.tenant_id = p_tenant AND l."timestamp" >= p_after AND l."timestamp" < p_before
      AND NOT EXISTS (SELECT FROM ledger.audit_entries e
        WHERE e.tenant_id = p_tenant AND e.id = l.entry_id AND e."timestamp" = l."timestamp")
    LIMIT p_limit) AS found
    WHERE NOT EXISTS (SELECT FROM ledger.gaps g WHERE g.tenant_id = p_tenant AND g.kind = found.kind AND g.ref = found.ref));
END $$;

DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_writer');
  REVOKE ALL ON FUNCTION ledger.in_turn, ledger.add_attempt(text, text, integer), ledger.add_attempt(text, text, integer, jsonb), ledger.end_attempt, ledger.finish_effect FROM PUBLIC;
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.add_attempt(text, text, integer), ledger.add_attempt(text, text, integer, jsonb), ledger.end_attempt, ledger.finish_effect TO %I', prefix || '_app');
  RESET ROLE;
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('REVOKE CREATE ON SCHEMA ledger FROM %I, %I', prefix || '_ledger_writer', prefix || '_ledger_reader');
END $$;

RESET ROLE;
