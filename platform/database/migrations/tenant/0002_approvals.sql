-- Up Migration

CREATE TABLE approvals (
  id text PRIMARY KEY,
  request_id text NOT NULL,
  n integer NOT NULL,
  run_id text NOT NULL,
  round integer NOT NULL CHECK (round >= 1),
  state text NOT NULL CHECK (state IN ('pending', 'approved', 'rejected', 'withdrawn', 'expired', 'stale', 'consumed')),
  requester_id text NOT NULL,
  requester_org_unit text NOT NULL,
  approver_role text NOT NULL CHECK (approver_role IN ('user', 'team_lead', 'org_admin', 'enterprise_admin')),
  approver_org_unit text NOT NULL,
  action text NOT NULL,
  target text NOT NULL,
  preview_ref text NOT NULL REFERENCES content (id),
  digest text NOT NULL,
  reason text NOT NULL,
  policy_applied text NOT NULL,
  decision_id text NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  decided_at timestamptz,
  decided_by text,
  decision_reason_ref text REFERENCES content (id),
  UNIQUE (run_id, round),
  FOREIGN KEY (request_id, n) REFERENCES request_actions (request_id, n)
);
CREATE INDEX approvals_by_state ON approvals (state, id DESC);
CREATE INDEX approvals_of_requester ON approvals (requester_id, id DESC);
CREATE INDEX approvals_of_action ON approvals (request_id, n);
COMMENT ON TABLE approvals IS 'What people are asked, and what came of it. The workflow decides; this is what lists and pages read.';
COMMENT ON COLUMN approvals.run_id IS 'Name of the effect, <request_id>/<n>, with ~<sending> from the second sending on.';
COMMENT ON COLUMN approvals.round IS 'From 1; void votes open a new round.';
COMMENT ON COLUMN approvals.state IS 'domain/approval.ts; consumed = its effect was claimed, stale = policy or action changed after the vote.';
COMMENT ON COLUMN approvals.approver_role IS 'Least role that may decide.';
COMMENT ON COLUMN approvals.approver_org_unit IS 'Unit that an approver''s unit has to cover.';
COMMENT ON COLUMN approvals.preview_ref IS 'What would be done, exactly, as the approver sees it.';
COMMENT ON COLUMN approvals.digest IS 'Decision digest that the votes are bound to.';
COMMENT ON COLUMN approvals.reason IS 'Why it needs a human.';
COMMENT ON COLUMN approvals.policy_applied IS 'pol_…@version, joined by comma.';
COMMENT ON COLUMN approvals.decision_id IS 'Decision in the ledger that asked for it.';
COMMENT ON COLUMN approvals.decided_by IS 'The person (sub claim); null when time decided.';
COMMENT ON COLUMN approvals.decision_reason_ref IS 'What the person said.';

-- An approval changes what its request looks like, so listeners hear of the request.
CREATE FUNCTION tell_approval_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_notify('openclaw_changes', json_build_object('tenant', substr(TG_TABLE_SCHEMA, 8),
    'request_id', NEW.request_id, 'approval_id', NEW.id, 'state', NEW.state)::text);
  RETURN NULL;
END $$;
COMMENT ON FUNCTION tell_approval_change() IS 'Tells listeners of openclaw_changes, once the transaction has committed.';

CREATE TRIGGER approvals_tell_insert AFTER INSERT ON approvals
  FOR EACH ROW EXECUTE FUNCTION tell_approval_change();
CREATE TRIGGER approvals_tell_update AFTER UPDATE OF state ON approvals
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION tell_approval_change();

CREATE TABLE approval_votes (
  vote_id text PRIMARY KEY,
  approval_id text NOT NULL REFERENCES approvals (id),
  round integer NOT NULL,
  choice text NOT NULL CHECK (choice IN ('approve', 'reject', 'withdraw')),
  digest text NOT NULL,
  user_id text NOT NULL,
  role text NOT NULL CHECK (role IN ('user', 'team_lead', 'org_admin', 'enterprise_admin')),
  org_unit text NOT NULL,
  reason_ref text REFERENCES content (id),
  at timestamptz NOT NULL,
  key_id text NOT NULL,
  signature text NOT NULL
);
CREATE INDEX approval_votes_of_approval ON approval_votes (approval_id, vote_id);
COMMENT ON TABLE approval_votes IS 'Signed votes, insert-only; the columns hold exactly what was signed.';
COMMENT ON COLUMN approval_votes.vote_id IS 'Also the id of the workflow update, so that a repeated click is the same vote.';
COMMENT ON COLUMN approval_votes.digest IS 'Decision digest that the voter was shown.';
COMMENT ON COLUMN approval_votes.role IS 'Role of the voter when voting; org_unit likewise.';
COMMENT ON COLUMN approval_votes.at IS 'When the gateway took the vote.';
COMMENT ON COLUMN approval_votes.key_id IS 'Key of the gateway''s Ed25519 signature.';
COMMENT ON COLUMN approval_votes.signature IS 'Base64url, over the canonical JSON of the vote.';

CREATE TRIGGER approval_votes_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON approval_votes
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE approval_votes ENABLE ALWAYS TRIGGER approval_votes_insert_only;

DO $$
DECLARE
  tenant text := current_setting('openclaw.tenant_role');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT ON approvals, approval_votes TO %I', tenant);
  EXECUTE format('GRANT UPDATE (state, decided_at, decided_by, decision_reason_ref) ON approvals TO %I', tenant);
END $$;
