-- Up Migration
-- What a session keeps changes form here (its refresh token moves to the tenant's own table of grants), so the old ones
-- end: people sign in once more.

DELETE FROM openclaw.sessions;
ALTER TABLE openclaw.sessions
  ADD COLUMN session_id text NOT NULL UNIQUE CHECK (session_id ~ '^ses_[0-9A-HJKMNP-TV-Z]{26}$'),
  ADD COLUMN kind text NOT NULL CHECK (kind IN ('session', 'ticket')),
  ADD COLUMN provider_session text;
CREATE INDEX sessions_of_provider ON openclaw.sessions (provider_session) WHERE ended_at IS NULL;
CREATE INDEX sessions_of_subject ON openclaw.sessions (user_id) WHERE ended_at IS NULL;
COMMENT ON COLUMN openclaw.sessions.session_id IS 'What people and the API call it; opens nothing.';
COMMENT ON COLUMN openclaw.sessions.kind IS 'A session, or the one-time ticket that carries a finished sign-in to it.';
COMMENT ON COLUMN openclaw.sessions.provider_session IS 'SHA-256 (hex) of the sid claim of the identity token, for back-channel logout.';

CREATE TABLE openclaw.logout_tokens (
  token_hash text PRIMARY KEY CHECK (token_hash ~ '^[0-9a-f]{64}$'),
  expires_at timestamptz NOT NULL
);
CREATE INDEX logout_tokens_by_expiry ON openclaw.logout_tokens (expires_at);
COMMENT ON TABLE openclaw.logout_tokens IS 'Back-channel logout tokens that were taken: none counts twice.';
COMMENT ON COLUMN openclaw.logout_tokens.token_hash IS 'SHA-256 (hex) of its jti claim.';

DO $$
DECLARE
  directory text := current_setting('openclaw.prefix') || '_directory';
BEGIN
  EXECUTE format('GRANT DELETE ON openclaw.sessions TO %I', directory);
  EXECUTE format('GRANT SELECT, INSERT, DELETE ON openclaw.logout_tokens TO %I', directory);
END $$;
