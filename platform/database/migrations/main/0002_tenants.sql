-- Up Migration
-- How far a tenant is, and since when it stood still: time during which nothing may happen counts for no deadline.

ALTER TABLE openclaw.tenants
  ADD COLUMN domains jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(domains) = 'array'),
  ADD COLUMN oidc_issuer text,
  ADD COLUMN status text NOT NULL DEFAULT 'active'
    CHECK (status IN ('provisioning', 'active', 'suspended', 'deleting', 'deleted')),
  ADD COLUMN delete_at timestamptz,
  ADD COLUMN restored_as text CHECK (restored_as IN ('active', 'suspended')),
  ADD CHECK ((status = 'deleting') = (delete_at IS NOT NULL)),
  ADD CHECK ((status = 'deleting') = (restored_as IS NOT NULL)),
  ADD CHECK (id <> 'installation');
COMMENT ON COLUMN openclaw.tenants.domains IS 'Names of its own, as people know them; for people.';
COMMENT ON COLUMN openclaw.tenants.oidc_issuer IS 'The only issuer whose tokens may name it; null = the installation''s.';
COMMENT ON COLUMN openclaw.tenants.status IS 'domain/tenant.ts; deleted is final, and its id is never given again.';
COMMENT ON COLUMN openclaw.tenants.delete_at IS 'When the waiting time of a deletion is over; nothing is destroyed before.';
COMMENT ON COLUMN openclaw.tenants.restored_as IS 'What it becomes again when the deletion is called off.';

CREATE TABLE openclaw.tenant_suspensions (
  tenant_id text NOT NULL REFERENCES openclaw.tenants (id),
  suspended_at timestamptz NOT NULL,
  resumed_at timestamptz,
  PRIMARY KEY (tenant_id, suspended_at)
);
CREATE UNIQUE INDEX tenant_suspensions_one_open ON openclaw.tenant_suspensions (tenant_id) WHERE resumed_at IS NULL;
COMMENT ON TABLE openclaw.tenant_suspensions IS 'When a tenant stood still: deadlines are as much later. Written by a trigger alone.';
COMMENT ON COLUMN openclaw.tenant_suspensions.suspended_at IS 'When it was suspended, or its deletion was asked for.';
COMMENT ON COLUMN openclaw.tenant_suspensions.resumed_at IS 'When work went on; null while it stands still.';

-- Whoever changes the status, times are kept, and only steps that exist are taken.
CREATE FUNCTION openclaw.keep_tenant_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.status <> OLD.status THEN
    IF (OLD.status, NEW.status) NOT IN (('provisioning', 'active'), ('active', 'suspended'), ('suspended', 'active'),
      ('active', 'deleting'), ('suspended', 'deleting'), ('deleting', 'active'), ('deleting', 'suspended'),
      ('deleting', 'deleted')) THEN
      RAISE EXCEPTION 'a tenant does not go from % to %', OLD.status, NEW.status USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status = 'deleted' AND OLD.delete_at > clock_timestamp() THEN
      RAISE EXCEPTION 'the waiting time of the deletion is not over' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status = 'deleting' AND NEW.status <> 'deleted' AND OLD.delete_at <= clock_timestamp() THEN
      RAISE EXCEPTION 'the waiting time of the deletion is over' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status = 'active' THEN
      UPDATE openclaw.tenant_suspensions SET resumed_at = clock_timestamp()
        WHERE tenant_id = NEW.id AND resumed_at IS NULL;
    ELSIF OLD.status = 'active' AND NEW.status IN ('suspended', 'deleting') THEN
      INSERT INTO openclaw.tenant_suspensions (tenant_id, suspended_at) VALUES (NEW.id, clock_timestamp());
    END IF;
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION openclaw.keep_tenant_steps() IS 'Refuses steps that do not exist and keeps the times of standing still.';
REVOKE ALL ON FUNCTION openclaw.keep_tenant_steps() FROM PUBLIC;

CREATE TRIGGER tenants_keep_steps AFTER UPDATE OF status ON openclaw.tenants
  FOR EACH ROW EXECUTE FUNCTION openclaw.keep_tenant_steps();

DO $$
DECLARE
  directory text := current_setting('openclaw.prefix') || '_directory';
BEGIN
  EXECUTE format('GRANT INSERT ON openclaw.tenants TO %I', directory);
  EXECUTE format('GRANT UPDATE (name, domains, oidc_issuer, status, delete_at, restored_as) ON openclaw.tenants TO %I',
    directory);
  EXECUTE format('GRANT SELECT ON openclaw.tenant_suspensions TO %I', directory);
END $$;
