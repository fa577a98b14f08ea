-- Up Migration
-- Each process has a login and rights of its own. Keys and deletions change by functions alone. A key that is wrapped anew keeps what it was beside it until that is seen
-- to open, and when a deletion is due is said by the database.

ALTER TABLE openclaw.data_keys
  ADD COLUMN sealed_before bytea,
  ADD COLUMN wrapped_by_before text,
  ADD CHECK ((sealed_before IS NULL) = (wrapped_by_before IS NULL)),
  ADD CHECK (sealed_before IS NULL OR sealed IS NOT NULL);
COMMENT ON COLUMN openclaw.data_keys.sealed_before IS 'The same key as it was wrapped before, until the new form is seen to open.';
COMMENT ON COLUMN openclaw.data_keys.wrapped_by_before IS 'Id of the master key that opens sealed_before.';

-- Whoever asks, the owner too.
CREATE OR REPLACE FUNCTION openclaw.hold_data_key() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF OLD.destroyed_at IS NOT NULL THEN
    RAISE EXCEPTION 'a destroyed key stays destroyed' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.id, NEW.tenant_id, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.tenant_id, OLD.created_at) THEN
    RAISE EXCEPTION 'a key stays whose it is' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.destroyed_at IS NOT NULL THEN
    NEW.sealed_before := NULL;
    NEW.wrapped_by_before := NULL;
    RETURN NEW;
  END IF;
  IF (NEW.sealed, NEW.wrapped_by) IS NOT DISTINCT FROM (OLD.sealed, OLD.wrapped_by) THEN
    IF NEW.sealed_before IS NULL OR NEW.sealed_before IS NOT DISTINCT FROM OLD.sealed_before THEN
      RETURN NEW;
    END IF;
  ELSIF OLD.sealed_before IS NULL THEN
    IF (NEW.sealed_before, NEW.wrapped_by_before) IS NOT DISTINCT FROM (OLD.sealed, OLD.wrapped_by) THEN
      RETURN NEW;
    END IF;
  ELSIF (NEW.sealed, NEW.wrapped_by) IS NOT DISTINCT FROM (OLD.sealed_before, OLD.wrapped_by_before)
    AND NEW.sealed_before IS NULL THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a wrapped key is not written over: the new form stands beside the old one' USING ERRCODE = 'restrict_violation';
END $$;
COMMENT ON FUNCTION openclaw.hold_data_key() IS 'Trigger: what was destroyed stays so, and a key is wrapped anew only beside what it was.';

CREATE FUNCTION openclaw.add_data_key(p_id text, p_tenant text, p_sealed bytea, p_wrapped_by text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- Two processes may ask at the same time: only one makes the key.
  PERFORM pg_advisory_xact_lock(hashtextextended('data_keys|' || p_tenant, 0));
  INSERT INTO openclaw.data_keys (id, tenant_id, sealed, wrapped_by)
    SELECT p_id, p_tenant, p_sealed, p_wrapped_by
    WHERE EXISTS (SELECT FROM openclaw.tenants WHERE id = p_tenant AND status <> 'deleted')
      AND NOT EXISTS (SELECT FROM openclaw.data_keys WHERE tenant_id = p_tenant);
END $$;
COMMENT ON FUNCTION openclaw.add_data_key(text, text, bytea, text) IS 'Gives a tenant its first key; one that has or had a key gets none.';

CREATE FUNCTION openclaw.keep_master_key(p_id text, p_sealed bytea, p_wrapped_by text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO openclaw.data_keys (id, tenant_id, sealed, wrapped_by) VALUES (p_id, 'installation', p_sealed, p_wrapped_by)
  ON CONFLICT (id) DO NOTHING
$$;
COMMENT ON FUNCTION openclaw.keep_master_key(text, bytea, text) IS 'Stores a former master key, wrapped by the active one.';

CREATE FUNCTION openclaw.rewrap_data_key(p_id text, p_was bytea, p_sealed bytea, p_wrapped_by text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE openclaw.data_keys SET sealed = p_sealed, wrapped_by = p_wrapped_by, wrapped_at = now(),
      sealed_before = sealed, wrapped_by_before = wrapped_by
    WHERE id = p_id AND sealed = p_was AND sealed_before IS NULL;
  RETURN FOUND;
END $$;
COMMENT ON FUNCTION openclaw.rewrap_data_key(text, bytea, bytea, text) IS 'Puts the new form of a key beside the one that was read; false when it is no longer that one.';

CREATE FUNCTION openclaw.confirm_data_key(p_id text, p_sealed bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE openclaw.data_keys SET sealed_before = NULL, wrapped_by_before = NULL
    WHERE id = p_id AND sealed = p_sealed AND sealed_before IS NOT NULL;
  RETURN FOUND;
END $$;
COMMENT ON FUNCTION openclaw.confirm_data_key(text, bytea) IS 'The new form was read and opened: the old one can go.';

CREATE FUNCTION openclaw.restore_data_key(p_id text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE openclaw.data_keys SET sealed = sealed_before, wrapped_by = wrapped_by_before, sealed_before = NULL, wrapped_by_before = NULL
    WHERE id = p_id AND sealed_before IS NOT NULL;
  RETURN FOUND;
END $$;
COMMENT ON FUNCTION openclaw.restore_data_key(text) IS 'The new form does not open: the old one is back.';

CREATE FUNCTION openclaw.destroy_data_keys(p_tenant text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE openclaw.data_keys SET sealed = NULL, wrapped_by = NULL, destroyed_at = clock_timestamp()
    WHERE tenant_id = p_tenant AND tenant_id <> 'installation' AND destroyed_at IS NULL
$$;
COMMENT ON FUNCTION openclaw.destroy_data_keys(text) IS 'Destroys the keys of a tenant whose deletion is due; a trigger refuses any other.';

-- How long a deletion waits at least.
CREATE TABLE openclaw.deletion_wait (
  one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
  least_ms bigint NOT NULL CHECK (least_ms >= 0)
);
INSERT INTO openclaw.deletion_wait (least_ms) VALUES (604800000);
COMMENT ON TABLE openclaw.deletion_wait IS 'One row: how long the deletion of a tenant waits at least. Set by the provisioning process.';
COMMENT ON COLUMN openclaw.deletion_wait.one_row IS 'Always true, so that there is one row.';
COMMENT ON COLUMN openclaw.deletion_wait.least_ms IS 'Milliseconds. Whoever asks for a deletion may ask for longer.';

CREATE FUNCTION openclaw.set_deletion_wait(p_ms bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE openclaw.deletion_wait SET least_ms = p_ms WHERE least_ms <> p_ms
$$;
COMMENT ON FUNCTION openclaw.set_deletion_wait(bigint) IS 'Sets how long deletions that are asked for from now on wait at least.';

CREATE FUNCTION openclaw.guard_deletion_time() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.delete_at < coalesce(OLD.delete_at, now() + (SELECT least_ms FROM openclaw.deletion_wait) * interval '1 millisecond') THEN
    RAISE EXCEPTION 'a deletion is due no sooner than its waiting time says' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION openclaw.guard_deletion_time() IS 'Trigger: a deletion waits its time, and is never moved to an earlier one.';
CREATE TRIGGER tenants_guard_deletion_time BEFORE UPDATE OF delete_at ON openclaw.tenants
  FOR EACH ROW EXECUTE FUNCTION openclaw.guard_deletion_time();

CREATE FUNCTION openclaw.add_tenant(p_id text, p_name text, p_domains jsonb, p_oidc_issuer text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO openclaw.tenants (id, name, domains, oidc_issuer, status)
    VALUES (p_id, p_name, p_domains, p_oidc_issuer, 'provisioning') ON CONFLICT (id) DO NOTHING;
  RETURN FOUND;
END $$;
COMMENT ON FUNCTION openclaw.add_tenant(text, text, jsonb, text) IS 'Asks for a tenant; false when the id is taken.';

CREATE FUNCTION openclaw.open_tenant(p_id text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE openclaw.tenants SET status = 'active' WHERE id = p_id AND status = 'provisioning';
  RETURN FOUND;
END $$;
COMMENT ON FUNCTION openclaw.open_tenant(text) IS 'A tenant is complete: people may sign in.';

CREATE FUNCTION openclaw.move_tenant(p_id text, p_from text[], p_to text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_to NOT IN ('active', 'suspended') OR 'provisioning' = ANY (p_from) THEN
    RAISE EXCEPTION 'a tenant is only suspended, resumed and restored this way' USING ERRCODE = 'restrict_violation';
  END IF;
  UPDATE openclaw.tenants SET status = p_to, delete_at = NULL, restored_as = NULL
    WHERE id = p_id AND status = ANY (p_from) AND destroying_since IS NULL;
  RETURN FOUND;
END $$;
COMMENT ON FUNCTION openclaw.move_tenant(text, text[], text) IS 'Suspends and resumes a tenant, and calls its deletion off until it has begun.';

CREATE FUNCTION openclaw.ask_tenant_deletion(p_id text, p_from text[], p_wait_ms bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE openclaw.tenants SET status = 'deleting', restored_as = status,
      delete_at = clock_timestamp() + greatest(p_wait_ms, (SELECT least_ms FROM openclaw.deletion_wait)) * interval '1 millisecond'
    WHERE id = p_id AND status = ANY (p_from);
  RETURN FOUND;
END $$;
COMMENT ON FUNCTION openclaw.ask_tenant_deletion(text, text[], bigint) IS 'Asks for a deletion; the database says when it is due.';

CREATE FUNCTION openclaw.begin_destroying(p_id text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE openclaw.tenants SET destroying_since = coalesce(destroying_since, clock_timestamp())
    WHERE id = p_id AND status = 'deleting' AND delete_at <= clock_timestamp();
  RETURN FOUND;
END $$;
COMMENT ON FUNCTION openclaw.begin_destroying(text) IS 'Begins the destruction of a tenant; false when that is not due.';

CREATE FUNCTION openclaw.close_tenant(p_id text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE openclaw.tenants SET status = 'deleted', delete_at = NULL, restored_as = NULL
    WHERE id = p_id AND status = 'deleting';
  RETURN FOUND;
END $$;
COMMENT ON FUNCTION openclaw.close_tenant(text) IS 'A tenant is gone; a trigger refuses while its destruction has not begun.';

-- As before; what was never begun to be destroyed is not said to be gone either.
CREATE OR REPLACE FUNCTION openclaw.keep_tenant_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.status <> OLD.status THEN
    IF (OLD.status, NEW.status) NOT IN (('provisioning', 'active'), ('active', 'suspended'), ('suspended', 'active'),
      ('active', 'deleting'), ('suspended', 'deleting'), ('deleting', 'active'), ('deleting', 'suspended'),
      ('deleting', 'deleted')) THEN
      RAISE EXCEPTION 'a tenant does not go from % to %', OLD.status, NEW.status USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status = 'deleted' AND (OLD.delete_at > clock_timestamp() OR OLD.destroying_since IS NULL) THEN
      RAISE EXCEPTION 'the destruction of the tenant has not begun' USING ERRCODE = 'restrict_violation';
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

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA openclaw FROM PUBLIC;

-- What each process needs here, and no more. The gateway's role is the one that all had before.
DO $$
DECLARE
  gateway text := current_setting('openclaw.prefix') || '_directory';
  worker text := current_setting('openclaw.prefix') || '_worker_directory';
  provisioning text := current_setting('openclaw.prefix') || '_provisioning_directory';
  whole text := current_setting('openclaw.prefix') || '_whole_directory';
BEGIN
  EXECUTE format('REVOKE INSERT ON openclaw.data_keys, openclaw.tenants, openclaw.head_publications FROM %I', gateway);
  EXECUTE format('REVOKE UPDATE (sealed, wrapped_by, wrapped_at, destroyed_at) ON openclaw.data_keys FROM %I', gateway);
  EXECUTE format('REVOKE UPDATE (status, delete_at, restored_as, destroying_since) ON openclaw.tenants FROM %I', gateway);
  EXECUTE format('REVOKE UPDATE (head_n, head_at, since, wanted_at) ON openclaw.head_publications FROM %I', gateway);
  EXECUTE format('GRANT EXECUTE ON FUNCTION openclaw.add_tenant, openclaw.move_tenant, openclaw.ask_tenant_deletion TO %I', gateway);

  EXECUTE format('GRANT USAGE ON SCHEMA openclaw TO %I, %I, %I', worker, provisioning, whole);
  EXECUTE format('GRANT SELECT ON openclaw.tenants, openclaw.tenant_suspensions, openclaw.data_keys TO %I, %I', worker, provisioning);

  EXECUTE format('GRANT SELECT, INSERT ON openclaw.head_publications TO %I', worker);
  EXECUTE format('GRANT UPDATE (head_n, head_at, since, wanted_at) ON openclaw.head_publications TO %I', worker);
  EXECUTE format('GRANT SELECT (kind, expires_at, ended_at), DELETE ON openclaw.sessions TO %I', worker);
  EXECUTE format('GRANT SELECT (expires_at), DELETE ON openclaw.logout_tokens, openclaw.ended_sign_ins TO %I', worker);

  EXECUTE format('GRANT SELECT ON openclaw.payload_binding TO %I, %I', worker, provisioning);
  EXECUTE format('REVOKE EXECUTE ON FUNCTION openclaw.upkeep_wanted, openclaw.upkeep_done FROM %I', gateway);
  EXECUTE format('GRANT EXECUTE ON FUNCTION openclaw.upkeep_wanted, openclaw.upkeep_done TO %I', worker);
  EXECUTE format('GRANT EXECUTE ON FUNCTION openclaw.upkeep_done TO %I', provisioning);

  EXECUTE format('GRANT EXECUTE ON FUNCTION openclaw.add_data_key, openclaw.keep_master_key, openclaw.rewrap_data_key,
    openclaw.confirm_data_key, openclaw.restore_data_key, openclaw.destroy_data_keys, openclaw.set_deletion_wait,
    openclaw.open_tenant, openclaw.begin_destroying, openclaw.close_tenant TO %I', provisioning);
END $$;
