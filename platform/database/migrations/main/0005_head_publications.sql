-- Up Migration
-- How far the signed heads of each tenant's audit log got to each place that outsiders find them at. Not in the audit
-- database, where nothing is ever written over.

CREATE TABLE openclaw.head_publications (
  tenant_id text NOT NULL CHECK (tenant_id ~ '^[a-z][a-z0-9-]{1,39}$'),
  place text NOT NULL CHECK (place IN ('folder', 'bucket', 'webhook')),
  head_n bigint NOT NULL CHECK (head_n >= 0),
  head_at timestamptz,
  since timestamptz NOT NULL DEFAULT now(),
  wanted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, place)
);
COMMENT ON TABLE openclaw.head_publications IS 'Up to which head each place has a tenant''s audit heads.';
COMMENT ON COLUMN openclaw.head_publications.place IS 'Kind of place.';
COMMENT ON COLUMN openclaw.head_publications.head_n IS 'Newest head that the place has; the next one is due.';
COMMENT ON COLUMN openclaw.head_publications.head_at IS 'Time of that head; NULL before the first one got there.';
COMMENT ON COLUMN openclaw.head_publications.since IS 'When the place was configured, as far as a worker saw.';
COMMENT ON COLUMN openclaw.head_publications.wanted_at IS 'When a worker last said that the place is configured.';

DO $$
DECLARE
  directory text := current_setting('openclaw.prefix') || '_directory';
BEGIN
  EXECUTE format('GRANT SELECT, INSERT ON openclaw.head_publications TO %I', directory);
  EXECUTE format('GRANT UPDATE (head_n, head_at, since, wanted_at) ON openclaw.head_publications TO %I', directory);
END $$;
