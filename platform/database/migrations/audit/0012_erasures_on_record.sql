-- Up Migration
-- An erasure is told from a destruction by the log itself: the entry that says so names the person's subject.

DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('GRANT CREATE ON SCHEMA ledger TO %I', prefix || '_ledger_reader');
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_reader');
END $$;

-- The newest word on each person counts: a hold may have kept their key.
CREATE FUNCTION ledger.erased_subjects(p_tenant text, p_subjects jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT coalesce(jsonb_agg(subject), '[]') FROM (
    SELECT DISTINCT ON (e.metadata->>'subject') e.metadata->>'subject' AS subject, e.metadata->>'key' AS key
    FROM ledger.audit_entries e
    WHERE e.tenant_id = p_tenant AND e.action_type = 'administration' AND e.event = 'user_data.erased'
      AND p_subjects ? (e.metadata->>'subject')
    ORDER BY e.metadata->>'subject', e."timestamp" DESC, e.id DESC) AS said
    WHERE said.key IS DISTINCT FROM 'kept');
END $$;
COMMENT ON FUNCTION ledger.erased_subjects(text, jsonb) IS 'Which of these subjects [sub_…] the log says were erased, their key with them.';

CREATE FUNCTION ledger.erasure_places(p_tenant text, p_from bigint, p_to bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT coalesce(jsonb_agg(ledger.entry_json(e) || jsonb_build_object('position', l.position) ORDER BY l.position), '[]')
    FROM ledger.audit_entries e JOIN ledger.tree_leaves l
      ON l.tenant_id = p_tenant AND l.entry_id = e.id AND l."timestamp" = e."timestamp"
    WHERE e.tenant_id = p_tenant AND e.action_type = 'administration' AND e.event = 'user_data.erased'
      AND l.position >= p_from AND l.position < p_to);
END $$;
COMMENT ON FUNCTION ledger.erasure_places(text, bigint, bigint) IS 'The entries that tell of erasures, at positions [p_from, p_to), in order.';

REVOKE ALL ON FUNCTION ledger.erased_subjects, ledger.erasure_places FROM PUBLIC;
DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.erased_subjects, ledger.erasure_places TO %I', prefix || '_app');
  RESET ROLE;
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('REVOKE CREATE ON SCHEMA ledger FROM %I', prefix || '_ledger_reader');
END $$;

RESET ROLE;
