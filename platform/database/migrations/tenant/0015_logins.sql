-- Up Migration
-- No function is there for everybody: what a trigger calls, and what other functions call as their owner, needs no grant.

DO $$
BEGIN
  EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA %I FROM PUBLIC', current_schema());
END $$;
