-- Up Migration
-- What a sign-out at the identity provider ends: the grants of that sign-in, unless they were given for when nobody is there.

ALTER TABLE grants
  ADD COLUMN provider_session text,
  ADD COLUMN offline boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN grants.provider_session IS 'SHA-256 (hex) of the provider''s own name for the sign-in (sid); null where it tells none.';
COMMENT ON COLUMN grants.offline IS 'Given for asking while the person is away (offline_access): it outlives their sign-out.';
-- Refresh tokens from before were asked for with that scope.
UPDATE grants SET offline = true WHERE kind = 'refresh';
CREATE INDEX grants_of_sign_in ON grants (provider_session) WHERE provider_session IS NOT NULL;

ALTER TABLE approval_votes ADD COLUMN version integer;
COMMENT ON COLUMN approval_votes.version IS 'Version of what was signed; null = the first, which did not say so.';
