-- Up Migration
-- An approval's deadline is later by the time that its tenant stood still.

DO $$
DECLARE
  tenant text := current_setting('openclaw.tenant_role');
BEGIN
  EXECUTE format('GRANT UPDATE (expires_at) ON approvals TO %I', tenant);
END $$;
