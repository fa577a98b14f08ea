-- Up Migration
-- Runs in the audit database. Three roles without login: the owner holds the tables and runs nothing, the writer may
-- INSERT and SELECT and owns the writing functions, the reader may SELECT and owns the reading ones. The runtime login
-- may execute those functions and nothing else. Row-level security is forced on the setting ledger.tenant, which only
-- the functions make.

DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('CREATE SCHEMA ledger AUTHORIZATION %I', prefix || '_ledger_owner');
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
END $$;
COMMENT ON SCHEMA ledger IS 'Decisions, intents, effect claims, outcomes: append-only.';

CREATE TABLE ledger.audit_entries (
  id text NOT NULL,
  tenant_id text NOT NULL CHECK (tenant_id <> ''),
  org_unit text NOT NULL,
  user_id text NOT NULL,
  "timestamp" timestamptz NOT NULL,
  action_type text NOT NULL,
  event text NOT NULL,
  action_detail text NOT NULL,
  data_accessed jsonb NOT NULL CHECK (jsonb_typeof(data_accessed) = 'array'),
  model_used text,
  model_tokens jsonb,
  data_classification text,
  policy_applied text NOT NULL,
  policy_result text CHECK (policy_result IN ('deny', 'require_approval', 'notify', 'allow')),
  policy_reason text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('intended', 'success', 'denied', 'error', 'pending_approval', 'unknown')),
  request_id text,
  decision_id text,
  metadata jsonb NOT NULL CHECK (jsonb_typeof(metadata) = 'object'),
  leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32),
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, id, "timestamp")
) PARTITION BY RANGE ("timestamp");
CREATE INDEX audit_entries_by_time ON ledger.audit_entries (tenant_id, "timestamp", id);
CREATE INDEX audit_entries_by_user ON ledger.audit_entries (tenant_id, user_id, "timestamp");
CREATE INDEX audit_entries_by_kind ON ledger.audit_entries (tenant_id, action_type, "timestamp");
CREATE INDEX audit_entries_by_request ON ledger.audit_entries (tenant_id, request_id);
CREATE INDEX audit_entries_by_policy ON ledger.audit_entries (tenant_id, policy_applied, "timestamp");
COMMENT ON TABLE ledger.audit_entries IS 'The audit log, one partition per month. There is no default partition: an entry of a month without one is refused, and the action with it.';
COMMENT ON COLUMN ledger.audit_entries.id IS 'aud_ and 26 characters, sorts by time.';
COMMENT ON COLUMN ledger.audit_entries.user_id IS 'Who acted (sub claim).';
COMMENT ON COLUMN ledger.audit_entries."timestamp" IS 'The entry''s own time, as hashed; recorded_at is the server''s.';
COMMENT ON COLUMN ledger.audit_entries.action_type IS 'Kind of entry (domain/audit.ts).';
COMMENT ON COLUMN ledger.audit_entries.event IS 'Audit key, for example github.issue_commented.';
COMMENT ON COLUMN ledger.audit_entries.action_detail IS 'What was done to what, for people; never a body.';
COMMENT ON COLUMN ledger.audit_entries.data_accessed IS 'Data touched: [{source, itemId, classification, purpose}].';
COMMENT ON COLUMN ledger.audit_entries.model_tokens IS '{input, output}.';
COMMENT ON COLUMN ledger.audit_entries.data_classification IS 'Highest label of the data touched.';
COMMENT ON COLUMN ledger.audit_entries.policy_applied IS 'pol_…@version, joined by comma.';
COMMENT ON COLUMN ledger.audit_entries.policy_result IS 'Verdict, where policy was asked.';
COMMENT ON COLUMN ledger.audit_entries.metadata IS 'Small facts: action run id, approval id, error code, digest. Never values of fields.';
COMMENT ON COLUMN ledger.audit_entries.leaf_hash IS 'SHA-256 over a zero byte and the entry''s canonical JSON (stores/leaf-hash.ts).';
COMMENT ON COLUMN ledger.audit_entries.recorded_at IS 'The server''s clock; not part of the hash.';

CREATE TABLE ledger.decisions (
  tenant_id text NOT NULL,
  decision_id text NOT NULL,
  request_id text,
  run_id text,
  verdict text NOT NULL CHECK (verdict IN ('deny', 'require_approval', 'notify', 'allow')),
  rules jsonb NOT NULL,
  input jsonb NOT NULL,
  digest text NOT NULL,
  at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, decision_id)
);
CREATE INDEX decisions_by_request ON ledger.decisions (tenant_id, request_id);
COMMENT ON TABLE ledger.decisions IS 'What policy said, with the rules that had a say and what it was asked.';
COMMENT ON COLUMN ledger.decisions.run_id IS 'Name of the effect it was about: <request_id>/<n>.';
COMMENT ON COLUMN ledger.decisions.rules IS 'Matched rules (domain/decision.ts).';
COMMENT ON COLUMN ledger.decisions.input IS 'Input of the policy; no bodies.';
COMMENT ON COLUMN ledger.decisions.digest IS 'Decision digest; votes are bound to it.';
COMMENT ON COLUMN ledger.decisions.at IS 'The decision''s own time; recorded_at is the server''s.';

CREATE TABLE ledger.dedupe_keys (
  tenant_id text NOT NULL,
  dedupe_key text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, dedupe_key)
);
COMMENT ON TABLE ledger.dedupe_keys IS 'Keys of what ledger.record has written, so that a retry writes nothing twice.';

-- Claims are not partitioned: PostgreSQL keeps uniqueness only within a partition key.
CREATE TABLE ledger.effect_claims (
  tenant_id text NOT NULL,
  run_id text NOT NULL,
  request_id text NOT NULL,
  approval_id text,
  names_run_id text,
  input_digest text NOT NULL,
  intent_entry_id text NOT NULL,
  claimed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, run_id),
  UNIQUE (tenant_id, approval_id)
);
COMMENT ON TABLE ledger.effect_claims IS 'One row per effect, written before its first byte goes out: whoever finds it looks before sending.';
COMMENT ON COLUMN ledger.effect_claims.run_id IS '<request_id>/<n>, with ~<sending> from the second sending on.';
COMMENT ON COLUMN ledger.effect_claims.approval_id IS 'The approval that this effect consumed; no other effect can.';
COMMENT ON COLUMN ledger.effect_claims.names_run_id IS 'The earlier effect that a person had sent again.';
COMMENT ON COLUMN ledger.effect_claims.input_digest IS 'SHA-256 (hex) of the input''s canonical JSON.';
COMMENT ON COLUMN ledger.effect_claims.intent_entry_id IS 'Audit entry with outcome intended.';

CREATE TABLE ledger.effect_attempts (
  tenant_id text NOT NULL,
  run_id text NOT NULL,
  n integer NOT NULL CHECK (n >= 1),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, run_id, n),
  FOREIGN KEY (tenant_id, run_id) REFERENCES ledger.effect_claims
);
COMMENT ON TABLE ledger.effect_attempts IS 'One row before each send; the settle time counts from the newest.';
COMMENT ON COLUMN ledger.effect_attempts.n IS 'From 1; unique, so that two workers never send the same attempt.';

CREATE TABLE ledger.effect_outcomes (
  tenant_id text NOT NULL,
  run_id text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('success', 'denied', 'error', 'unknown')),
  entry_id text NOT NULL,
  result jsonb,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, run_id),
  FOREIGN KEY (tenant_id, run_id) REFERENCES ledger.effect_claims
);
COMMENT ON TABLE ledger.effect_outcomes IS 'What came of an effect, once per effect.';
COMMENT ON COLUMN ledger.effect_outcomes.entry_id IS 'Audit entry with the outcome.';
COMMENT ON COLUMN ledger.effect_outcomes.result IS 'Small facts of the answer, such as the id of the new comment; no bodies.';

RESET ROLE;
