-- Up Migration
-- A deletion that is due may be held back, by a legal hold or since nobody serves it: until something is destroyed it can
-- be called off.

ALTER TABLE openclaw.tenants
  ADD COLUMN destroying_since timestamptz;
COMMENT ON COLUMN openclaw.tenants.destroying_since IS 'When its destruction began; from then on the deletion cannot be called off.';
-- What was due before nobody noted this may be half gone.
UPDATE openclaw.tenants SET destroying_since = delete_at WHERE status = 'deleting' AND delete_at <= clock_timestamp();
ALTER TABLE openclaw.tenants
  ADD CHECK (destroying_since IS NULL OR status IN ('deleting', 'deleted'));

CREATE FUNCTION openclaw.guard_tenant_destruction() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF OLD.destroying_since IS NOT NULL AND NEW.destroying_since IS DISTINCT FROM OLD.destroying_since THEN
    RAISE EXCEPTION 'what has begun to be destroyed stays so' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.destroying_since IS NOT NULL AND OLD.destroying_since IS NULL
    AND (OLD.status <> 'deleting' OR OLD.delete_at > clock_timestamp()) THEN
    RAISE EXCEPTION 'the deletion of the tenant is not due' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION openclaw.guard_tenant_destruction() IS 'Nothing is destroyed before the deletion is due, and what has begun is not forgotten.';
REVOKE ALL ON FUNCTION openclaw.guard_tenant_destruction() FROM PUBLIC;

CREATE TRIGGER tenants_guard_destruction BEFORE UPDATE OF destroying_since ON openclaw.tenants
  FOR EACH ROW EXECUTE FUNCTION openclaw.guard_tenant_destruction();

-- Whoever destroys keys, also a worker of an older version that says nothing of it: the deletion has begun then.
CREATE FUNCTION openclaw.begin_tenant_destruction() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_status text;
BEGIN
  SELECT status INTO v_status FROM openclaw.tenants WHERE id = NEW.tenant_id FOR UPDATE;
  IF v_status NOT IN ('deleting', 'deleted') THEN
    RAISE EXCEPTION 'the deletion of the tenant is not due' USING ERRCODE = 'restrict_violation';
  END IF;
  UPDATE openclaw.tenants SET destroying_since = clock_timestamp()
    WHERE id = NEW.tenant_id AND status = 'deleting' AND destroying_since IS NULL;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION openclaw.begin_tenant_destruction() IS 'Keys are destroyed of a tenant whose deletion is due and of no other; from then on it cannot be called off.';
REVOKE ALL ON FUNCTION openclaw.begin_tenant_destruction() FROM PUBLIC;

CREATE TRIGGER data_keys_begin_destruction BEFORE UPDATE OF destroyed_at ON openclaw.data_keys
  FOR EACH ROW WHEN (OLD.destroyed_at IS NULL AND NEW.destroyed_at IS NOT NULL)
  EXECUTE FUNCTION openclaw.begin_tenant_destruction();

-- As before, but for what keeps a deletion from being called off.
CREATE OR REPLACE FUNCTION openclaw.keep_tenant_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
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
    IF OLD.status = 'deleting' AND NEW.status <> 'deleted' AND OLD.destroying_since IS NOT NULL THEN
      RAISE EXCEPTION 'the destruction of the tenant has begun' USING ERRCODE = 'restrict_violation';
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

DO $$
DECLARE
  directory text := current_setting('openclaw.prefix') || '_directory';
BEGIN
  EXECUTE format('GRANT UPDATE (destroying_since) ON openclaw.tenants TO %I', directory);
END $$;
