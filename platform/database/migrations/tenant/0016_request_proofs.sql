-- Up Migration
-- Requests and their actions carry a proof of the process that wrote them. Those that are there now are taken as they are;
-- none can be added to them, since no role may write from_before.

ALTER TABLE requests ADD COLUMN proof bytea, ADD COLUMN from_before boolean NOT NULL DEFAULT true;
ALTER TABLE requests ALTER COLUMN from_before SET DEFAULT false;
ALTER TABLE request_actions ADD COLUMN proof bytea, ADD COLUMN from_before boolean NOT NULL DEFAULT true;
ALTER TABLE request_actions ALTER COLUMN from_before SET DEFAULT false;
COMMENT ON COLUMN requests.proof IS 'That this installation wrote who asked for what (stores/request/genuine.ts); null in older rows.';
COMMENT ON COLUMN requests.from_before IS 'Was there before rows carried proofs.';
COMMENT ON COLUMN request_actions.proof IS 'That this installation planned this action (stores/request/genuine.ts); null in older rows.';
COMMENT ON COLUMN request_actions.from_before IS 'Was there before rows carried proofs.';

DO $$
DECLARE
  v_role text := current_setting('openclaw.tenant_role');
  v_table text;
BEGIN
  FOREACH v_table IN ARRAY ARRAY['requests', 'request_actions'] LOOP
    EXECUTE format('REVOKE INSERT ON %I FROM %I', v_table, v_role);
    EXECUTE format('GRANT INSERT (%s) ON %I TO %I', (SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
      WHERE attrelid = v_table::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'from_before'), v_table, v_role);
  END LOOP;
END $$;
