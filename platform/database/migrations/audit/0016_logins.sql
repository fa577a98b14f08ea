-- Up Migration
-- Each process has a login of its own, which may call what it needs. What is new since is for gateway and worker both, and
-- the login from before may call all.

DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
  -- Acting, signing heads, looking for gaps and dropping months is the worker's.
  not_gateway text[] := '{begin_effect, add_attempt, end_attempt, finish_effect, place, add_head, add_tree_key, sequence,
    make_partitions, expired_months, drop_month, find_gaps, new_gaps, policies_without_entry, policy_changes,
    runs_without_success, tree_differences}';
  -- Legal holds are placed by people, and people ask whom a policy would hit.
  not_worker text[] := '{place_hold, release_hold, newest_decision, decisions_alike, sequence}';
  of_provisioning text[] := '{record, record_together, read_holds}';
  v_function record;
  v_process text;
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('GRANT USAGE ON SCHEMA ledger TO %I, %I, %I', prefix || '_gateway', prefix || '_worker', prefix || '_provisioning');
  RESET ROLE;
  FOR v_function IN
    SELECT p.oid::regprocedure::text AS signature, p.proname, pg_get_userbyid(p.proowner) AS owner
    FROM pg_proc p, aclexplode(p.proacl) AS a
    WHERE p.pronamespace = 'ledger'::regnamespace AND a.grantee = (prefix || '_app')::regrole AND a.privilege_type = 'EXECUTE'
  LOOP
    FOREACH v_process IN ARRAY ARRAY['gateway', 'worker', 'provisioning'] LOOP
      CONTINUE WHEN (v_process = 'gateway' AND v_function.proname = ANY (not_gateway))
        OR (v_process = 'worker' AND v_function.proname = ANY (not_worker))
        OR (v_process = 'provisioning' AND NOT v_function.proname = ANY (of_provisioning));
      EXECUTE format('SET LOCAL ROLE %I', v_function.owner);
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', v_function.signature, prefix || '_' || v_process);
      RESET ROLE;
    END LOOP;
  END LOOP;
END $$;
