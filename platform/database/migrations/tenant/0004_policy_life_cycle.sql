-- Up Migration

ALTER TABLE policy_revision
  ADD COLUMN digest text,
  ADD COLUMN key_id text,
  ADD COLUMN signature text,
  ADD COLUMN signed_at timestamptz,
  ADD CHECK (num_nulls(digest, key_id, signature, signed_at) IN (0, 4));
COMMENT ON COLUMN policy_revision.digest IS 'SHA-256 of the active policies as they were signed.';
COMMENT ON COLUMN policy_revision.key_id IS 'Key of the signature; null = never signed.';
COMMENT ON COLUMN policy_revision.signature IS 'Ed25519 over tenant, revision, digest and time, by a process that holds the signing key.';
COMMENT ON COLUMN policy_revision.signed_at IS 'When it was signed.';

CREATE FUNCTION guard_policy_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.revision < OLD.revision THEN
    RAISE EXCEPTION 'the revision of policies never goes back' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.signature IS NOT NULL AND NEW.signature IS NULL THEN
    RAISE EXCEPTION 'policies that were signed stay signed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
ALTER FUNCTION guard_policy_revision() SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION guard_policy_revision() IS 'An older signed set cannot be put back, and what lost its signature is not signed anew.';

CREATE TRIGGER policy_revision_guard BEFORE UPDATE ON policy_revision
  FOR EACH ROW EXECUTE FUNCTION guard_policy_revision();

CREATE FUNCTION guard_policy_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status = 'deprecated' OR (OLD.status = 'active' AND NEW.status = 'draft') THEN
    RAISE EXCEPTION 'a policy goes from draft to active to deprecated, not from % to %', OLD.status, NEW.status
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
ALTER FUNCTION guard_policy_status() SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION guard_policy_status() IS 'draft, then active, then deprecated; never back.';

CREATE TRIGGER policies_guard_status BEFORE UPDATE ON policies
  FOR EACH ROW WHEN (NEW.status <> OLD.status) EXECUTE FUNCTION guard_policy_status();

CREATE INDEX policies_by_position ON policies (domain, level, org_unit);

DO $$
DECLARE
  tenant text := current_setting('openclaw.tenant_role');
BEGIN
  EXECUTE format('GRANT UPDATE (digest, key_id, signature, signed_at) ON policy_revision TO %I', tenant);
END $$;
