-- Up Migration
-- A provider names a time before which it takes no call: people see it, nothing is called before it, and where it is
-- later than the approval lives, people are asked anew and told why.

ALTER TABLE request_actions
  ADD COLUMN waits_until timestamptz,
  ADD COLUMN waits_for text,
  ADD COLUMN waits_to text CHECK (waits_to IN ('send', 'look'));
COMMENT ON COLUMN request_actions.waits_until IS 'From when on the provider may be called again; null = no wait. Of an action that has ended: the time that was named.';
COMMENT ON COLUMN request_actions.waits_for IS 'Why it waits: code of domain/error.ts.';
COMMENT ON COLUMN request_actions.waits_to IS 'send = nothing was sent, and it will be then; look = it may have been sent, and is looked for then; null = it has ended.';

ALTER TABLE approvals
  ADD COLUMN asked_again text CHECK (asked_again IN ('vote_void', 'named_time', 'send_again', 'lost'));
COMMENT ON COLUMN approvals.asked_again IS 'Why people are asked once more, domain/approval/approval.ts; null = they are asked for the first time.';

CREATE FUNCTION tell_wait_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_notify('openclaw_changes', json_build_object(
    'tenant', substr(TG_TABLE_SCHEMA, 8), 'request_id', NEW.request_id, 'waits_until', NEW.waits_until)::text);
  RETURN NULL;
END $$;
COMMENT ON FUNCTION tell_wait_change() IS 'Tells listeners of openclaw_changes, once the transaction has committed.';
CREATE TRIGGER request_actions_tell_wait AFTER UPDATE OF waits_until ON request_actions
  FOR EACH ROW WHEN (OLD.waits_until IS DISTINCT FROM NEW.waits_until) EXECUTE FUNCTION tell_wait_change();

DO $$
DECLARE
  tenant text := current_setting('openclaw.tenant_role');
BEGIN
  EXECUTE format('GRANT UPDATE (waits_until, waits_for, waits_to) ON request_actions TO %I', tenant);
END $$;
