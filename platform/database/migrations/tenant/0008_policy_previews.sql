-- Up Migration

CREATE TABLE policy_previews (
  preview_id text PRIMARY KEY,
  digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  from_at timestamptz NOT NULL,
  to_at timestamptz NOT NULL,
  after_decision text NOT NULL,
  last_decision text,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX policy_previews_by_digest ON policy_previews (digest, created_at DESC);
COMMENT ON TABLE policy_previews IS 'Which decisions somebody saw the impact of a change on: confirming it means those, not later ones.';
COMMENT ON COLUMN policy_previews.preview_id IS 'prv_ and 26 characters.';
COMMENT ON COLUMN policy_previews.digest IS 'SHA-256 of the change and of what it changes for people.';
COMMENT ON COLUMN policy_previews.from_at IS 'Decisions from this time on.';
COMMENT ON COLUMN policy_previews.to_at IS 'When it was looked at.';
COMMENT ON COLUMN policy_previews.after_decision IS 'Decisions after this id, which is from_at in the form of one.';
COMMENT ON COLUMN policy_previews.last_decision IS 'The newest decision then; null = there was none.';

CREATE TABLE policy_settings (
  one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
  change_review text NOT NULL DEFAULT 'off' CHECK (change_review IN ('off', 'widening', 'all'))
);
INSERT INTO policy_settings DEFAULT VALUES;
COMMENT ON TABLE policy_settings IS 'One row: how policies of the tenant are changed.';
COMMENT ON COLUMN policy_settings.one_row IS 'Always true, so that there is one row.';
COMMENT ON COLUMN policy_settings.change_review IS 'Which changes have to name the digest of their impact.';

CREATE TABLE policy_canaries (
  policy_id text PRIMARY KEY,
  version integer NOT NULL,
  user_ids jsonb NOT NULL CHECK (jsonb_typeof(user_ids) = 'array' AND jsonb_array_length(user_ids) BETWEEN 1 AND 100),
  FOREIGN KEY (policy_id, version) REFERENCES policies (id, version)
);
COMMENT ON TABLE policy_canaries IS 'Drafts that hold for a few people first, in place of what is active at their position. Part of the signed set.';
COMMENT ON COLUMN policy_canaries.user_ids IS 'For whom (sub claims).';

CREATE TRIGGER policy_canaries_move_revision AFTER INSERT OR UPDATE OR DELETE ON policy_canaries
  FOR EACH ROW EXECUTE FUNCTION move_policy_revision();

DO $$
DECLARE
  tenant text := current_setting('openclaw.tenant_role');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT, DELETE ON policy_previews, policy_canaries TO %I', tenant);
  EXECUTE format('GRANT SELECT ON policy_settings TO %I', tenant);
  EXECUTE format('GRANT UPDATE (change_review) ON policy_settings TO %I', tenant);
END $$;
