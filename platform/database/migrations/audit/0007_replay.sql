-- Up Migration
-- What was decided, for asking again under other policies: decisions page by page, those that were asked alike together.

DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('GRANT CREATE ON SCHEMA ledger TO %I', prefix || '_ledger_reader');
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_reader');
END $$;

CREATE FUNCTION ledger.newest_decision(p_tenant text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT max(decision_id) FROM ledger.decisions WHERE tenant_id = p_tenant);
END $$;
COMMENT ON FUNCTION ledger.newest_decision(text) IS 'The id of the newest decision of a tenant; null when there is none.';

-- Ids sort by time, so that a page is a range of the primary key, and a window is fixed by two of them.
CREATE FUNCTION ledger.decisions_alike(p_tenant text, p_after text, p_through text, p_limit integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  IF p_limit NOT BETWEEN 1 AND 50000 THEN
    RAISE EXCEPTION 'limit out of range' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN (
    WITH page AS MATERIALIZED (
      SELECT decision_id, input, rules @> '[{"domain": "origin"}]' AS from_outside, at FROM ledger.decisions
      WHERE tenant_id = p_tenant AND decision_id > p_after AND decision_id <= p_through
      ORDER BY decision_id LIMIT p_limit
    ), alike AS (
      SELECT input, from_outside, count(*) AS n, (array_agg(decision_id ORDER BY decision_id DESC))[1:5] AS ids,
        (array_agg(at ORDER BY decision_id DESC))[1:5] AS times
      FROM page GROUP BY input, from_outside
    )
    SELECT jsonb_build_object(
      'count', (SELECT count(*) FROM page),
      'last', (SELECT max(decision_id) FROM page),
      'groups', (SELECT coalesce(jsonb_agg(jsonb_build_object('input', input, 'fromOutside', from_outside, 'count', n,
        'decisionIds', ids, 'times', times)), '[]') FROM alike)));
END $$;
COMMENT ON FUNCTION ledger.decisions_alike(text, text, text, integer) IS 'Decisions after one id and up to another, p_limit of them, by what was asked: {count, last, groups: [{input, fromOutside, count, decisionIds, times}]}, ids and times of the newest five.';

REVOKE ALL ON FUNCTION ledger.newest_decision, ledger.decisions_alike FROM PUBLIC;
DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.newest_decision, ledger.decisions_alike TO %I', prefix || '_app');
  RESET ROLE;
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('REVOKE CREATE ON SCHEMA ledger FROM %I', prefix || '_ledger_reader');
END $$;

RESET ROLE;
