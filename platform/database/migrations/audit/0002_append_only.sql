-- Up Migration
-- Immutable by grant, by trigger and by row-level security, in each partition as in the whole.

DO $$ BEGIN EXECUTE format('SET LOCAL ROLE %I', current_setting('openclaw.prefix') || '_ledger_owner'); END $$;

CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'ledger.% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
COMMENT ON FUNCTION ledger.refuse_change() IS 'Refuses UPDATE, DELETE and TRUNCATE for everybody, the owner and superusers included.';

CREATE FUNCTION ledger.seal(p_table regclass) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change()', p_table);
  EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only', p_table);
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', p_table);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', p_table);
END $$;
COMMENT ON FUNCTION ledger.seal(regclass) IS 'Trigger (statement level, so that it holds per partition and for no rows too) and forced row-level security.';

DO $$
DECLARE
  v_table text;
BEGIN
  FOREACH v_table IN ARRAY ARRAY['audit_entries', 'decisions', 'dedupe_keys', 'effect_claims', 'effect_attempts', 'effect_outcomes'] LOOP
    PERFORM ledger.seal(format('ledger.%I', v_table)::regclass);
    EXECUTE format('CREATE POLICY by_tenant ON ledger.%I USING (tenant_id = current_setting(''ledger.tenant'', true))
      WITH CHECK (tenant_id = current_setting(''ledger.tenant'', true))', v_table);
  END LOOP;
END $$;

-- A partition gets no policy of its own: whoever goes past audit_entries sees nothing.
CREATE FUNCTION ledger.make_partitions(p_months_back integer, p_months_ahead integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_month timestamp;
  v_name text;
  v_made integer := 0;
BEGIN
  IF p_months_back NOT BETWEEN 0 AND 24 OR p_months_ahead NOT BETWEEN 0 AND 36 THEN
    RAISE EXCEPTION 'at most 24 months back and 36 ahead' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('ledger.make_partitions'));
  FOR v_month IN SELECT generate_series(
    date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => p_months_back),
    date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => p_months_ahead),
    interval '1 month') LOOP
    v_name := 'audit_entries_' || to_char(v_month, 'YYYY_MM');
    CONTINUE WHEN to_regclass('ledger.' || v_name) IS NOT NULL;
    EXECUTE format('CREATE TABLE ledger.%I PARTITION OF ledger.audit_entries FOR VALUES FROM (%L) TO (%L)',
      v_name, v_month AT TIME ZONE 'UTC', (v_month + interval '1 month') AT TIME ZONE 'UTC');
    EXECUTE format('COMMENT ON TABLE ledger.%I IS %L', v_name, 'Audit entries of ' || to_char(v_month, 'YYYY-MM') || ' (UTC).');
    PERFORM ledger.seal(format('ledger.%I', v_name)::regclass);
    v_made := v_made + 1;
  END LOOP;
  RETURN v_made;
END $$;
COMMENT ON FUNCTION ledger.make_partitions(integer, integer) IS 'Makes missing months around now; returns how many. The migration makes -1 to +12; safe to repeat.';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;
DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA ledger TO %I, %I, %I', prefix || '_ledger_writer', prefix || '_ledger_reader', prefix || '_app');
  EXECUTE format('GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA ledger TO %I', prefix || '_ledger_writer');
  EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO %I', prefix || '_ledger_reader');
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.make_partitions(integer, integer) TO %I', prefix || '_app');
END $$;

RESET ROLE;
