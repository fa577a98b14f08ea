-- Up Migration
-- What the record says of policies, for comparing it with the policies that there are.

DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('GRANT CREATE ON SCHEMA ledger TO %I', prefix || '_ledger_reader');
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_reader');
END $$;

-- Where the commit failed after the entry, a second one with the same facts says so: then the first says nothing. The facts
-- name the try (change_id), so that one gateway's failure never takes back another's success.
CREATE FUNCTION ledger.policy_changes(p_tenant text, p_after timestamptz, p_after_id text, p_before timestamptz, p_limit integer)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('id', said.id, 'at', said."timestamp", 'event', said.event,
    'metadata', said.metadata, 'isGap', EXISTS (SELECT FROM ledger.gaps g
      WHERE g.tenant_id = p_tenant AND g.kind = 'entry_without_policy_change' AND g.ref = said.id))
    ORDER BY said."timestamp", said.id), '[]') FROM (
    SELECT e.id, e."timestamp", e.event, e.metadata FROM ledger.audit_entries e
    WHERE e.tenant_id = p_tenant AND e.action_type = 'policy_change' AND e."timestamp" >= p_after
      AND (e."timestamp", e.id) > (p_after, p_after_id) AND e."timestamp" < p_before
      AND e.outcome = 'success' AND e.metadata ? 'policy_id' AND e.metadata ? 'version'
      AND NOT EXISTS (SELECT FROM ledger.audit_entries w WHERE w.tenant_id = p_tenant AND w.action_type = 'policy_change'
        AND w."timestamp" >= e."timestamp" AND w."timestamp" < e."timestamp" + interval '10 minutes'
        AND w.outcome = 'error' AND w.event = e.event AND w.metadata = e.metadata)
    ORDER BY e."timestamp", e.id LIMIT p_limit) AS said);
END $$;
COMMENT ON FUNCTION ledger.policy_changes(text, timestamptz, text, timestamptz, integer) IS 'Entries that say that a version of a policy was made or moved, after one entry and before a time, oldest first: [{id, at, event, metadata, isGap}], isGap = on record as one. Those that a later entry takes back are left out.';

-- A version that ended was ended itself, or by one that came in force after it. What was made before the oldest month from
-- which on nothing was dropped may have had its entry there: it is not compared. The planner
-- knows nothing of how many versions are asked about: each side is to be read once.
CREATE FUNCTION ledger.policies_without_entry(p_tenant text, p_versions jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET enable_nestloop = off AS $$
DECLARE
  v_kept timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  WHILE to_regclass('ledger.audit_entries_' || to_char(v_kept - interval '1 month', 'YYYY_MM')) IS NOT NULL LOOP
    v_kept := v_kept - interval '1 month';
  END LOOP;
  RETURN (
    WITH told AS MATERIALIZED (
      SELECT e.event, e.outcome, e."timestamp", e.metadata FROM ledger.audit_entries e
      WHERE e.tenant_id = p_tenant AND e.action_type = 'policy_change' AND e.outcome IN ('success', 'error')
        AND e.metadata ? 'policy_id' AND jsonb_typeof(e.metadata->'version') = 'number'
    ), said AS MATERIALIZED (
      SELECT e.metadata->>'policy_id' AS id, (e.metadata->>'version')::numeric AS version,
        bool_or(e.metadata->>'status' = 'active') AS active, bool_or(e.metadata->>'status' = 'deprecated') AS deprecated
      FROM told e
      WHERE e.outcome = 'success' AND NOT EXISTS (SELECT FROM told w
        WHERE w.outcome = 'error' AND w.event = e.event AND w.metadata = e.metadata
          AND w."timestamp" >= e."timestamp" AND w."timestamp" < e."timestamp" + interval '10 minutes')
      GROUP BY 1, 2
    ), ended AS (
      SELECT id, greatest(max(version) FILTER (WHERE deprecated), max(version) FILTER (WHERE active) - 1) AS through
      FROM said GROUP BY id
    )
    SELECT coalesce(jsonb_agg(v.id || '@' || v.version ORDER BY v.id, v.version), '[]')
    FROM jsonb_to_recordset(p_versions) AS v(id text, version integer, status text, at timestamptz)
      LEFT JOIN said ON said.id = v.id AND said.version = v.version
      LEFT JOIN ended ON ended.id = v.id
    WHERE v.at >= v_kept AT TIME ZONE 'UTC'
      AND (said.id IS NULL OR v.status = 'active' AND said.active IS NOT TRUE
        OR v.status = 'deprecated' AND v.version > coalesce(ended.through, 0))
      AND NOT EXISTS (SELECT FROM ledger.gaps g
        WHERE g.tenant_id = p_tenant AND g.kind = 'policy_without_entry' AND g.ref = v.id || '@' || v.version));
END $$;
COMMENT ON FUNCTION ledger.policies_without_entry(text, jsonb) IS 'Which of these versions [{id, version, status, at}], as policy@version, no entry tells of, or none as being in force or as ended where they are; what is on record as a gap is left out.';

REVOKE ALL ON FUNCTION ledger.policy_changes, ledger.policies_without_entry FROM PUBLIC;
DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.policy_changes, ledger.policies_without_entry TO %I', prefix || '_app');
  RESET ROLE;
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('REVOKE CREATE ON SCHEMA ledger FROM %I', prefix || '_ledger_reader');
END $$;

RESET ROLE;
