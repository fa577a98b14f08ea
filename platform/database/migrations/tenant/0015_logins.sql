-- Up Migration
-- No function is there for everybody: what a trigger calls, and what other functions call as their owner, needs no grant.
-- is_held is called by one that looks for reasons as the tenant.

DO $$
BEGIN
  EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA %I FROM PUBLIC', current_schema());
  EXECUTE format('GRANT EXECUTE ON FUNCTION is_held(timestamptz, jsonb) TO %I', current_setting('openclaw.tenant_role'));
END $$;
