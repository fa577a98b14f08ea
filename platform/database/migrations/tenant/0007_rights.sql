-- Up Migration
-- Rights are asked for again while somebody is in use, and withdrawn when the identity provider says so.

ALTER TABLE people
  ADD COLUMN confirmed_at timestamptz,
  ADD COLUMN withdrawn_at timestamptz,
  ADD COLUMN not_before timestamptz;
COMMENT ON COLUMN people.confirmed_at IS 'When the provider was asked for the rights last and gave them; what it said before counts no more.';
COMMENT ON COLUMN people.withdrawn_at IS 'When the provider was asked and gave none; lifted when it gives some again.';
COMMENT ON COLUMN people.not_before IS 'Back-channel logout: tokens and sessions of sign-ins up to then never count again.';

CREATE TABLE grants (
  id text PRIMARY KEY CHECK (id ~ '^grt_[0-9A-HJKMNP-TV-Z]{26}$'),
  user_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('refresh', 'access', 'bearer')),
  sealed bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  used_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  lease text,
  leased_until timestamptz
);
CREATE INDEX grants_of_person ON grants (user_id, used_at DESC);
CREATE UNIQUE INDEX grants_one_bearer ON grants (user_id) WHERE kind = 'bearer';
CREATE INDEX grants_by_expiry ON grants (expires_at);
COMMENT ON TABLE grants IS 'What the provider can be asked with whether a person still has their rights, while they are away too.';
COMMENT ON COLUMN grants.kind IS 'A browser''s sign-in: its refresh token, or the access token where there is none; bearer: what the person called with last.';
COMMENT ON COLUMN grants.sealed IS 'The token, encrypted, bound to tenant, person, purpose and id.';
COMMENT ON COLUMN grants.used_at IS 'When the provider was last asked with it and answered.';
COMMENT ON COLUMN grants.lease IS 'Who is asking just now: a refresh token may be used once only.';
COMMENT ON COLUMN grants.leased_until IS 'When that one is taken to have died.';

-- Gateways that remember a person's rights forget them at once.
CREATE FUNCTION tell_rights_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_notify('openclaw_rights', json_build_object(
    'tenant', substr(TG_TABLE_SCHEMA, 8), 'user_id', NEW.user_id)::text);
  RETURN NULL;
END $$;
COMMENT ON FUNCTION tell_rights_change() IS 'Tells listeners of openclaw_rights, once the transaction has committed.';

CREATE TRIGGER people_tell_rights AFTER UPDATE OF role, org_unit, revoked_at, withdrawn_at, not_before ON people
  FOR EACH ROW WHEN ((OLD.role, OLD.org_unit, OLD.revoked_at, OLD.withdrawn_at, OLD.not_before)
    IS DISTINCT FROM (NEW.role, NEW.org_unit, NEW.revoked_at, NEW.withdrawn_at, NEW.not_before))
  EXECUTE FUNCTION tell_rights_change();

DO $$
DECLARE
  tenant text := current_setting('openclaw.tenant_role');
BEGIN
  EXECUTE format('GRANT UPDATE (confirmed_at, withdrawn_at, not_before) ON people TO %I', tenant);
  EXECUTE format('GRANT SELECT, INSERT, DELETE ON grants TO %I', tenant);
  EXECUTE format('GRANT UPDATE (sealed, used_at, expires_at, lease, leased_until) ON grants TO %I', tenant);
END $$;
