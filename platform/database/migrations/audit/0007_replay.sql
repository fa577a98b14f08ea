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

-- Ids sort by time, so that a page is a range of the primary key, and a window is fixed by two of them. Whatever the
-- planner knows of the table, a page must not cost more than its rows.
CREATE FUNCTION ledger.decisions_alike(p_tenant text, p_after text, p_through text, p_limit integer) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  IF p_limit NOT BETWEEN 1 AND 50000 THEN
    RAISE EXCEPTION 'limit out of range' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN (
    WITH page AS MATERIALIZED (
      SELECT decision_id, at, sha256(convert_to(asked.outside || input::text, 'UTF8')) AS key
      FROM ledger.decisions, LATERAL (SELECT rules @> '[{"domain": "origin"}]' AS outside) AS asked
      WHERE tenant_id = p_tenant AND decision_id > p_after AND decision_id <= p_through
      ORDER BY decision_id LIMIT p_limit
    ), alike AS MATERIALIZED (
      SELECT key, count(*) AS n, (array_agg(decision_id ORDER BY decision_id DESC))[1:5] AS ids,
        (array_agg(at ORDER BY decision_id DESC))[1:5] AS times
      FROM page GROUP BY key
    )
    SELECT json_build_object(
      'count', (SELECT count(*) FROM page),
      'last', (SELECT max(decision_id) FROM page),
      'groups', (SELECT coalesce(json_agg(json_build_object('key', encode(a.key, 'hex'), 'input', d.input,
        'fromOutside', d.outside, 'count', a.n, 'decisionIds', a.ids, 'times', a.times)), '[]')
        FROM alike a, LATERAL (SELECT input, rules @> '[{"domain": "origin"}]' AS outside FROM ledger.decisions
          WHERE tenant_id = p_tenant AND decision_id = a.ids[1] LIMIT 1) AS d)));
END $$;
COMMENT ON FUNCTION ledger.decisions_alike(text, text, text, integer) IS 'Decisions after one id and up to another, p_limit of them, by what was asked: {count, last, groups: [{key, input, fromOutside, count, decisionIds, times}]}, ids and times of the newest five.';

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
