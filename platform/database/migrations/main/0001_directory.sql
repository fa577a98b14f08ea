-- Up Migration
-- Runs in the main database. Roles exist already (platform/database/roles.ts); their names carry the prefix of the
-- installation, which the runner puts into the setting openclaw.prefix.

CREATE SCHEMA openclaw;
COMMENT ON SCHEMA openclaw IS 'What all tenants share: the list of tenants and the browser sessions.';

CREATE TABLE openclaw.tenants (
  id text PRIMARY KEY CHECK (id ~ '^[a-z][a-z0-9-]{1,39}$'),
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE openclaw.tenants IS 'One row per tenant; each has a schema tenant_<id> and a role <prefix>_t_<id>.';
COMMENT ON COLUMN openclaw.tenants.name IS 'For people.';

CREATE TABLE openclaw.sessions (
  id_hash text PRIMARY KEY CHECK (id_hash ~ '^[0-9a-f]{64}$'),
  tenant_id text NOT NULL REFERENCES openclaw.tenants (id),
  user_id text NOT NULL,
  sealed bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  seen_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  ended_at timestamptz
);
CREATE INDEX sessions_of_person ON openclaw.sessions (tenant_id, user_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_by_expiry ON openclaw.sessions (expires_at);
COMMENT ON TABLE openclaw.sessions IS 'Browser sessions of all tenants: found by the hash of a cookie, before the tenant is known.';
COMMENT ON COLUMN openclaw.sessions.id_hash IS 'SHA-256 (hex) of the cookie''s value; the value itself is stored nowhere.';
COMMENT ON COLUMN openclaw.sessions.user_id IS 'The sub claim.';
COMMENT ON COLUMN openclaw.sessions.sealed IS 'Claims and tokens as encrypted JSON, bound to id_hash and tenant.';
COMMENT ON COLUMN openclaw.sessions.seen_at IS 'Last use, to the minute.';
COMMENT ON COLUMN openclaw.sessions.ended_at IS 'Set by sign-out; an ended session never comes back.';

DO $$
DECLARE
  directory text := current_setting('openclaw.prefix') || '_directory';
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA openclaw TO %I', directory);
  EXECUTE format('GRANT SELECT ON openclaw.tenants TO %I', directory);
  EXECUTE format('GRANT SELECT, INSERT ON openclaw.sessions TO %I', directory);
  EXECUTE format('GRANT UPDATE (sealed, seen_at, expires_at, ended_at) ON openclaw.sessions TO %I', directory);
END $$;
