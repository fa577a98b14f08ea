-- Up Migration
-- What carries authority over policies carries a proof that the database can't make (stores/policy/version-proof.ts).

ALTER TABLE policies
  ADD COLUMN based_on integer CHECK (based_on BETWEEN 1 AND version - 1),
  ADD COLUMN key_id text CHECK (length(key_id) BETWEEN 1 AND 64),
  ADD COLUMN signature text CHECK (length(signature) BETWEEN 1 AND 200),
  ADD CHECK (num_nulls(key_id, signature) IN (0, 2)),
  -- Whatever somebody puts in, readers can read. Not of rows from before: none may hold up an upgrade.
  ADD CHECK (created_at BETWEEN '2000-01-01' AND '9999-01-01') NOT VALID,
  ADD CHECK (octet_length(rules::text) + coalesce(octet_length(may_grant::text), 0) <= 1048576) NOT VALID,
  ADD CHECK (length(id) <= 64 AND length(name) <= 1000 AND length(change_reason) <= 10000 AND length(created_by) <= 1000
    AND length(org_unit) <= 1000 AND length(user_id) <= 1000) NOT VALID;
COMMENT ON COLUMN policies.based_on IS 'The version whose content it took over, in whole or in part.';
COMMENT ON COLUMN policies.key_id IS 'Key of the signature; null = nothing proves who wrote it.';
COMMENT ON COLUMN policies.signature IS 'Ed25519 over tenant and everything but the status, by a process that holds the signing key.';
CREATE INDEX policies_without_proof ON policies (id, version) WHERE signature IS NULL;

ALTER TABLE policy_revision ADD COLUMN versions_signed_at timestamptz;
COMMENT ON COLUMN policy_revision.versions_signed_at IS 'When versions from before there were signatures got theirs; from then on none gets one later.';
UPDATE policy_revision SET versions_signed_at = now() WHERE NOT EXISTS (SELECT FROM policies);

CREATE OR REPLACE FUNCTION guard_policy_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- One step at a time, so that nobody uses up the numbers.
  IF NEW.revision NOT IN (OLD.revision, OLD.revision + 1) THEN
    RAISE EXCEPTION 'the revision of policies never goes back, nor far ahead' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.signature IS NOT NULL AND NEW.signature IS NULL THEN
    RAISE EXCEPTION 'policies that were signed stay signed' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.versions_signed_at IS NOT NULL AND NEW.versions_signed_at IS DISTINCT FROM OLD.versions_signed_at THEN
    RAISE EXCEPTION 'versions from before signatures were signed once' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
ALTER FUNCTION guard_policy_revision() SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION guard_policy_revision() IS 'An older signed set cannot be put back, and what lost its signature is not signed anew; nor are older versions, twice.';

CREATE FUNCTION guard_policy_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  moving constant text[] := '{status,key_id,signature}';
  were_signed boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status NOT IN ('draft', 'active') THEN
      RAISE EXCEPTION 'a version of a policy begins as a draft or in force, not as %', NEW.status
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving THEN
    RAISE EXCEPTION 'what a version of a policy says never changes' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.signature IS NOT NULL AND (NEW.key_id, NEW.signature) IS DISTINCT FROM (OLD.key_id, OLD.signature) THEN
    EXECUTE format('SELECT versions_signed_at IS NOT NULL FROM %I.policy_revision', TG_TABLE_SCHEMA) INTO were_signed;
    IF were_signed THEN
      RAISE EXCEPTION 'a version of a policy is signed once' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
ALTER FUNCTION guard_policy_version() SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION guard_policy_version() IS 'A version begins as a draft or in force; only its status moves, and its proof is added once.';

CREATE TRIGGER policies_guard_version BEFORE INSERT OR UPDATE ON policies
  FOR EACH ROW EXECUTE FUNCTION guard_policy_version();

-- A proof that is added changes nothing that is in force.
DROP TRIGGER policies_move_revision_update ON policies;
CREATE TRIGGER policies_move_revision_update AFTER UPDATE ON policies
  FOR EACH ROW WHEN ((OLD.status = 'active' OR NEW.status = 'active')
    AND (OLD.status <> NEW.status OR OLD.signature IS NOT DISTINCT FROM NEW.signature))
  EXECUTE FUNCTION move_policy_revision();

CREATE TABLE policy_ends (
  policy_id text NOT NULL,
  version integer NOT NULL,
  key_id text NOT NULL CHECK (length(key_id) BETWEEN 1 AND 64),
  signature text NOT NULL CHECK (length(signature) BETWEEN 1 AND 200)
);
CREATE INDEX policy_ends_by_policy ON policy_ends (policy_id, version);
COMMENT ON TABLE policy_ends IS 'That a policy was ended; any row that verifies says so, and none is ever removed.';
COMMENT ON COLUMN policy_ends.version IS 'Its newest version then.';
COMMENT ON COLUMN policy_ends.key_id IS 'Key of the signature.';
COMMENT ON COLUMN policy_ends.signature IS 'Ed25519 over tenant, policy and version.';

ALTER TABLE policy_previews
  ADD COLUMN key_id text,
  ADD COLUMN signature text,
  ADD CHECK (num_nulls(key_id, signature) IN (0, 2));
COMMENT ON COLUMN policy_previews.key_id IS 'Key of the signature; null = confirms nothing.';
COMMENT ON COLUMN policy_previews.signature IS 'Ed25519 over tenant and everything else.';

ALTER TABLE policy_settings
  ADD COLUMN n bigint NOT NULL DEFAULT 0 CHECK (n >= 0),
  ADD COLUMN key_id text,
  ADD COLUMN signature text,
  ADD CHECK (num_nulls(key_id, signature) IN (0, 2));
COMMENT ON COLUMN policy_settings.n IS 'Rises with every change.';
COMMENT ON COLUMN policy_settings.key_id IS 'Key of the signature; null = never set, which is as shipped.';
COMMENT ON COLUMN policy_settings.signature IS 'Ed25519 over tenant, n and what is set.';

CREATE FUNCTION guard_policy_settings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- One step at a time, so that nobody uses up the numbers.
  IF NEW.n NOT IN (OLD.n, OLD.n + 1) THEN
    RAISE EXCEPTION 'settings of policies never go back, nor far ahead' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.signature IS NOT NULL AND NEW.signature IS NULL THEN
    RAISE EXCEPTION 'settings that were signed stay signed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
ALTER FUNCTION guard_policy_settings() SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION guard_policy_settings() IS 'Settings that were signed before cannot be put back.';

CREATE TRIGGER policy_settings_guard BEFORE UPDATE ON policy_settings
  FOR EACH ROW EXECUTE FUNCTION guard_policy_settings();

DO $$
DECLARE
  tenant text := current_setting('openclaw.tenant_role');
BEGIN
  EXECUTE format('GRANT UPDATE (key_id, signature) ON policies TO %I', tenant);
  EXECUTE format('GRANT UPDATE (versions_signed_at) ON policy_revision TO %I', tenant);
  EXECUTE format('GRANT SELECT, INSERT ON policy_ends TO %I', tenant);
  EXECUTE format('GRANT UPDATE (n, key_id, signature) ON policy_settings TO %I', tenant);
END $$;
