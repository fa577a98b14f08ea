-- Up Migration
-- Runs once per tenant with that tenant's schema as the search path. Tables belong to the migrating role, so that the
-- tenant's own role can neither drop a trigger nor widen a grant.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '%.% is insert-only', TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
COMMENT ON FUNCTION refuse_change() IS 'Trigger of tables whose rows never change, whoever asks.';

-- The schema is called tenant_<id>, so the tenant needs no column.
CREATE FUNCTION tell_request_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_notify('openclaw_changes', json_build_object(
    'tenant', substr(TG_TABLE_SCHEMA, 8), 'request_id', NEW.id, 'state', NEW.state)::text);
  RETURN NULL;
END $$;
COMMENT ON FUNCTION tell_request_change() IS 'Tells listeners of openclaw_changes, once the transaction has committed.';

CREATE TABLE content (
  id text PRIMARY KEY CHECK (id ~ '^cnt_[0-9A-HJKMNP-TV-Z]{26}$'),
  purpose text NOT NULL,
  owner_id text NOT NULL,
  classification text NOT NULL CHECK (classification IN ('public', 'internal', 'confidential', 'restricted')),
  sealed bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE content IS 'Texts, inputs, results and previews: encrypted, immutable; everything else refers to them by id.';
COMMENT ON COLUMN content.purpose IS 'What the row is for; the bytes open only as tenant|id|purpose.';
COMMENT ON COLUMN content.owner_id IS 'The person it belongs to (sub claim).';
COMMENT ON COLUMN content.sealed IS 'AES-256-GCM envelope around the JSON text (platform/crypto/envelope.ts); holds the id of its key.';

CREATE TRIGGER content_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON content
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE content ENABLE ALWAYS TRIGGER content_insert_only;

CREATE TABLE requests (
  id text PRIMARY KEY,
  user_id text NOT NULL,
  role text NOT NULL CHECK (role IN ('user', 'team_lead', 'org_admin', 'enterprise_admin')),
  org_unit text NOT NULL,
  idempotency_key text NOT NULL,
  body_digest text NOT NULL,
  text_ref text NOT NULL REFERENCES content (id),
  state text NOT NULL CHECK (state IN ('received', 'running', 'queued', 'outcome_unknown', 'answered', 'denied',
    'rejected', 'expired', 'stale', 'withdrawn', 'failed')),
  planner text,
  answer_ref text REFERENCES content (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  UNIQUE (user_id, idempotency_key)
);
CREATE INDEX requests_of_person ON requests (user_id, id DESC);
CREATE INDEX requests_by_state ON requests (state, id DESC);
CREATE INDEX requests_unstarted ON requests (created_at) WHERE state = 'received';
COMMENT ON TABLE requests IS 'One row per request; the outbox of its workflow: a row in state received is started by the sweeper.';
COMMENT ON COLUMN requests.user_id IS 'The requester (sub claim).';
COMMENT ON COLUMN requests.role IS 'Role of the requester when asking.';
COMMENT ON COLUMN requests.org_unit IS 'Org unit of the requester when asking.';
COMMENT ON COLUMN requests.idempotency_key IS 'From the caller; the same key with another body is refused.';
COMMENT ON COLUMN requests.body_digest IS 'SHA-256 (hex) of the canonical body.';
COMMENT ON COLUMN requests.text_ref IS 'What the person wrote.';
COMMENT ON COLUMN requests.state IS 'domain/request.ts; a final state never changes.';
COMMENT ON COLUMN requests.planner IS 'Label of the planner that proposed the actions.';
COMMENT ON COLUMN requests.answer_ref IS 'Answer and suggestions for a text that was not understood.';
COMMENT ON COLUMN requests.started_at IS 'When its workflow was first seen to run.';

CREATE TRIGGER requests_tell_insert AFTER INSERT ON requests
  FOR EACH ROW EXECUTE FUNCTION tell_request_change();
CREATE TRIGGER requests_tell_update AFTER UPDATE OF state ON requests
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION tell_request_change();

CREATE TABLE request_actions (
  request_id text NOT NULL REFERENCES requests (id),
  n integer NOT NULL CHECK (n >= 1),
  sending integer NOT NULL DEFAULT 1 CHECK (sending >= 1),
  action text NOT NULL,
  connector text NOT NULL,
  effect text NOT NULL CHECK (effect IN ('read', 'write', 'destructive')),
  target text NOT NULL,
  input_ref text NOT NULL REFERENCES content (id),
  input_digest text NOT NULL,
  origin text NOT NULL CHECK (origin IN ('user', 'outside')),
  state text NOT NULL CHECK (state IN ('planned', 'waiting_approval', 'done', 'denied', 'rejected', 'expired', 'stale',
    'withdrawn', 'failed', 'outcome_unknown')),
  classification text NOT NULL CHECK (classification IN ('public', 'internal', 'confidential', 'restricted')),
  verdict text CHECK (verdict IN ('deny', 'require_approval', 'notify', 'allow')),
  reason text,
  policy_applied text,
  approval_id text,
  result_ref text REFERENCES content (id),
  error_code text,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (request_id, n)
);
COMMENT ON TABLE request_actions IS 'The planned actions of a request, in order, and how far each got.';
COMMENT ON COLUMN request_actions.n IS 'Position within the request, from 1; <request_id>/<n> names the effect.';
COMMENT ON COLUMN request_actions.sending IS 'Goes up when a person says "send again"; from 2 on it is part of the effect''s name.';
COMMENT ON COLUMN request_actions.action IS 'Id in the registry of actions, for example github_issue_comment.';
COMMENT ON COLUMN request_actions.target IS 'What it acts on, for people; never a body.';
COMMENT ON COLUMN request_actions.input_digest IS 'SHA-256 (hex) of the input''s canonical JSON.';
COMMENT ON COLUMN request_actions.origin IS 'Whether its values come from the requester or from outside content.';
COMMENT ON COLUMN request_actions.state IS 'domain/request.ts; a final state never changes.';
COMMENT ON COLUMN request_actions.classification IS 'Of the input at first, of the data touched once known.';
COMMENT ON COLUMN request_actions.verdict IS 'What policy said last.';
COMMENT ON COLUMN request_actions.reason IS 'Why, in words, for people.';
COMMENT ON COLUMN request_actions.policy_applied IS 'pol_…@version, joined by comma.';
COMMENT ON COLUMN request_actions.approval_id IS 'The newest approval that was asked for it.';
COMMENT ON COLUMN request_actions.error_code IS 'Code of domain/error.ts.';

DO $$
DECLARE
  tenant text := current_setting('openclaw.tenant_role');
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), tenant);
  EXECUTE format('GRANT SELECT, INSERT ON content, requests, request_actions TO %I', tenant);
  EXECUTE format('GRANT UPDATE (state, planner, answer_ref, started_at, updated_at, finished_at) ON requests TO %I', tenant);
  EXECUTE format('GRANT UPDATE (sending, state, classification, verdict, reason, policy_applied, approval_id, result_ref,
    error_code, updated_at) ON request_actions TO %I', tenant);
END $$;
