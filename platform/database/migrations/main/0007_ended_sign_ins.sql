-- Up Migration
-- Sign-ins that the identity provider has ended: their bearer tokens no longer count.

CREATE TABLE openclaw.ended_sign_ins (
  provider_session text PRIMARY KEY CHECK (provider_session ~ '^[0-9a-f]{64}$'),
  ended_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX ended_sign_ins_by_expiry ON openclaw.ended_sign_ins (expires_at);
COMMENT ON TABLE openclaw.ended_sign_ins IS 'Sign-ins at the provider that a logout token has ended.';
COMMENT ON COLUMN openclaw.ended_sign_ins.provider_session IS 'SHA-256 (hex) of the provider''s own name for the sign-in (sid).';
COMMENT ON COLUMN openclaw.ended_sign_ins.ended_at IS 'When the provider told it.';
COMMENT ON COLUMN openclaw.ended_sign_ins.expires_at IS 'No token of it can live longer.';

DO $$
DECLARE
  directory text := current_setting('openclaw.prefix') || '_directory';
BEGIN
  EXECUTE format('GRANT SELECT, INSERT, DELETE ON openclaw.ended_sign_ins TO %I', directory);
END $$;
