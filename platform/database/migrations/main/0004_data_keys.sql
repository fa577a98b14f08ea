-- Up Migration
-- What tenants keep is sealed under keys of their own, which lie here, wrapped by a master key of the installation.

CREATE TABLE openclaw.data_keys (
  id text PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9_-]{1,64}$'),
  tenant_id text NOT NULL CHECK (tenant_id ~ '^[a-z][a-z0-9-]{1,39}$'),
  sealed bytea,
  wrapped_by text,
  created_at timestamptz NOT NULL DEFAULT now(),
  wrapped_at timestamptz NOT NULL DEFAULT now(),
  destroyed_at timestamptz,
  CHECK ((sealed IS NULL) = (destroyed_at IS NOT NULL)),
  CHECK ((sealed IS NULL) = (wrapped_by IS NULL))
);
CREATE INDEX data_keys_of_tenant ON openclaw.data_keys (tenant_id, created_at, id);
CREATE INDEX data_keys_by_master ON openclaw.data_keys (wrapped_by, id);
COMMENT ON TABLE openclaw.data_keys IS 'Keys of tenants, wrapped by a master key; the newest of a tenant seals. Beside them, under the tenant installation, master keys that left the file.';
COMMENT ON COLUMN openclaw.data_keys.id IS 'dek_…, or the id of a former master key; the header of what it sealed names it.';
COMMENT ON COLUMN openclaw.data_keys.sealed IS 'The key''s 32 bytes under a master key, bound to data-key|tenant|id; NULL once destroyed.';
COMMENT ON COLUMN openclaw.data_keys.wrapped_by IS 'Id of that master key, so that one can see when it is no longer needed.';
COMMENT ON COLUMN openclaw.data_keys.wrapped_at IS 'When that was done last.';
COMMENT ON COLUMN openclaw.data_keys.destroyed_at IS 'A destroyed key never comes back, nor does its tenant get another.';

CREATE FUNCTION openclaw.hold_data_key() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF OLD.destroyed_at IS NOT NULL THEN
    RAISE EXCEPTION 'a destroyed key stays destroyed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION openclaw.hold_data_key() IS 'Trigger: what was destroyed is not written over.';
CREATE TRIGGER data_keys_stay_destroyed BEFORE UPDATE ON openclaw.data_keys
  FOR EACH ROW EXECUTE FUNCTION openclaw.hold_data_key();
ALTER TABLE openclaw.data_keys ENABLE ALWAYS TRIGGER data_keys_stay_destroyed;

DO $$
DECLARE
  directory text := current_setting('openclaw.prefix') || '_directory';
BEGIN
  EXECUTE format('GRANT SELECT, INSERT ON openclaw.data_keys TO %I', directory);
  EXECUTE format('GRANT UPDATE (sealed, wrapped_by, wrapped_at, destroyed_at) ON openclaw.data_keys TO %I', directory);
END $$;
