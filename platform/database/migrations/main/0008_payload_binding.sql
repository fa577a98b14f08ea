-- Up Migration
-- Payloads of workflows belong to one call, from a recorded beginning on; and recurring work says when it was last done.

CREATE TABLE openclaw.payload_binding (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  since timestamptz NOT NULL
);
COMMENT ON TABLE openclaw.payload_binding IS 'Workflows that began later hold no payload that is not bound to its place. Written once, by the migration.';
COMMENT ON COLUMN openclaw.payload_binding.one IS 'There is one row.';
COMMENT ON COLUMN openclaw.payload_binding.since IS 'A day after the migration: until then gateways of the version before may still start workflows.';
-- Nobody but the migration writes it: a later moment would let older payloads in again.
INSERT INTO openclaw.payload_binding (since) VALUES (clock_timestamp() + interval '1 day');

CREATE TABLE openclaw.upkeep (
  kind text PRIMARY KEY CHECK (kind IN ('audit-checkpoint', 'retention', 'rewrap', 'reconcile')),
  since timestamptz NOT NULL DEFAULT clock_timestamp(),
  done_at timestamptz
);
COMMENT ON TABLE openclaw.upkeep IS 'Recurring work for the whole installation, and when it was last done. Written by upkeep_wanted and upkeep_done.';
COMMENT ON COLUMN openclaw.upkeep.kind IS 'Kind of its workflow.';
COMMENT ON COLUMN openclaw.upkeep.since IS 'When a worker first looked after it.';
COMMENT ON COLUMN openclaw.upkeep.done_at IS 'When a run over all tenants last ended well, by the database''s clock; NULL before the first.';

CREATE FUNCTION openclaw.upkeep_wanted(p_kind text) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO openclaw.upkeep (kind) VALUES (p_kind) ON CONFLICT (kind) DO NOTHING;
$$;
COMMENT ON FUNCTION openclaw.upkeep_wanted(text) IS 'From now on this work is expected.';

CREATE FUNCTION openclaw.upkeep_done(p_kind text) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO openclaw.upkeep (kind, done_at) VALUES (p_kind, clock_timestamp())
    ON CONFLICT (kind) DO UPDATE SET done_at = EXCLUDED.done_at;
$$;
COMMENT ON FUNCTION openclaw.upkeep_done(text) IS 'This work has just been done, by the database''s clock alone.';

DO $$
DECLARE
  directory text := current_setting('openclaw.prefix') || '_directory';
BEGIN
  EXECUTE format('GRANT SELECT ON openclaw.payload_binding, openclaw.upkeep TO %I', directory);
  REVOKE ALL ON FUNCTION openclaw.upkeep_wanted(text), openclaw.upkeep_done(text) FROM PUBLIC;
  EXECUTE format('GRANT EXECUTE ON FUNCTION openclaw.upkeep_wanted(text), openclaw.upkeep_done(text) TO %I', directory);
END $$;
