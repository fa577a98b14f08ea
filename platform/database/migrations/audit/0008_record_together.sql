-- Up Migration
-- Many records in one trip: what comes while others are being written goes together (stores/record-together.ts).

DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('GRANT CREATE ON SCHEMA ledger TO %I', prefix || '_ledger_writer');
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_writer');
END $$;

CREATE FUNCTION ledger.record_together(p_tenant text, p_records jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_new text[];
  v_written jsonb;
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  IF EXISTS (SELECT FROM jsonb_array_elements(p_records) r WHERE coalesce(jsonb_array_length(r->'entries'), 0) = 0) THEN
    RAISE EXCEPTION 'nothing to record' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  -- In one order for all, so that two trips with the same keys don't wait for each other.
  WITH added AS (
    INSERT INTO ledger.dedupe_keys (tenant_id, dedupe_key)
    SELECT DISTINCT p_tenant, r->>'dedupeKey' FROM jsonb_array_elements(p_records) r
    WHERE r->>'dedupeKey' IS NOT NULL ORDER BY 2
    ON CONFLICT DO NOTHING RETURNING dedupe_key
  ) SELECT coalesce(array_agg(dedupe_key), '{}') INTO v_new FROM added;
  -- Of several with the same key the first is written.
  SELECT jsonb_agg(r.dedupe_key IS NULL OR (r.dedupe_key = ANY (v_new) AND r.nth = 1) ORDER BY r.n) INTO v_written
  FROM (SELECT n, r->>'dedupeKey' AS dedupe_key, row_number() OVER (PARTITION BY r->>'dedupeKey' ORDER BY n) AS nth
    FROM jsonb_array_elements(p_records) WITH ORDINALITY AS e(r, n)) AS r;
  INSERT INTO ledger.decisions (tenant_id, decision_id, request_id, run_id, verdict, rules, input, digest, at)
  SELECT p_tenant, d->>'decisionId', d->>'requestId', d->>'runId', d->>'verdict', d->'rules', d->'input', d->>'digest',
    (d->>'at')::timestamptz
  FROM (SELECT r->'decision' AS d FROM jsonb_array_elements(p_records) WITH ORDINALITY AS e(r, n)
    WHERE jsonb_typeof(r->'decision') = 'object' AND (v_written->>(n - 1)::integer)::boolean) AS decided;
  PERFORM ledger.add_entries(p_tenant, entries) FROM (
    SELECT jsonb_agg(entry ORDER BY n) AS entries
    FROM jsonb_array_elements(p_records) WITH ORDINALITY AS e(r, n), jsonb_array_elements(r->'entries') AS entry
    WHERE (v_written->>(n - 1)::integer)::boolean) AS written
  WHERE entries IS NOT NULL;
  RETURN v_written;
END $$;
COMMENT ON FUNCTION ledger.record_together(text, jsonb) IS 'Records of one tenant, [{decision, entries, dedupeKey}], all or none: for each whether it was written, false when its dedupe key is on record already or came earlier in the list.';

REVOKE ALL ON FUNCTION ledger.record_together FROM PUBLIC;
DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.record_together TO %I', prefix || '_app');
  RESET ROLE;
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('REVOKE CREATE ON SCHEMA ledger FROM %I', prefix || '_ledger_writer');
END $$;

RESET ROLE;
