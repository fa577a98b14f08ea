-- The audit database, as the migrations leave it.
-- Written by `npm run schema`, compared by a test, never run. What names no owner belongs to whoever migrated; what
-- no line grants is granted to nobody.

CREATE ROLE openclaw_ledger_owner NOLOGIN NOINHERIT;
CREATE ROLE openclaw_ledger_reader NOLOGIN NOINHERIT;
CREATE ROLE openclaw_ledger_writer NOLOGIN NOINHERIT;

CREATE SCHEMA ledger;
ALTER SCHEMA ledger OWNER TO openclaw_ledger_owner;
GRANT USAGE ON SCHEMA ledger TO openclaw_app;
GRANT USAGE ON SCHEMA ledger TO openclaw_gateway;
GRANT USAGE ON SCHEMA ledger TO openclaw_ledger_reader;
GRANT USAGE ON SCHEMA ledger TO openclaw_ledger_writer;
GRANT USAGE ON SCHEMA ledger TO openclaw_provisioning;
GRANT USAGE ON SCHEMA ledger TO openclaw_worker;

-- Attempts that surely had no effect: nothing was sent, it was refused, or once it had settled it was looked for and was not there.
CREATE TABLE ledger.attempt_ends (
  tenant_id text NOT NULL,
  run_id text NOT NULL,
  n integer NOT NULL,
  -- Error code: why it had none.
  code text NOT NULL,
  -- Before this the provider wants no further call; null where it named no time.
  again_at timestamp with time zone,
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT attempt_ends_pkey PRIMARY KEY (tenant_id, run_id, n),
  CONSTRAINT attempt_ends_tenant_id_run_id_n_fkey FOREIGN KEY (tenant_id, run_id, n) REFERENCES ledger.effect_attempts(tenant_id, run_id, n)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.attempt_ends FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.attempt_ends ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE ledger.attempt_ends ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.attempt_ends FORCE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON ledger.attempt_ends
  USING ((tenant_id = current_setting('ledger.tenant'::text, true)))
  WITH CHECK ((tenant_id = current_setting('ledger.tenant'::text, true)));
ALTER TABLE ledger.attempt_ends OWNER TO openclaw_ledger_owner;
GRANT INSERT, SELECT ON TABLE ledger.attempt_ends TO openclaw_ledger_writer;
GRANT SELECT ON TABLE ledger.attempt_ends TO openclaw_ledger_reader;

-- The audit log, one partition per month. There is no default partition: an entry of a month without one is refused, and the action with it.
CREATE TABLE ledger.audit_entries (
  -- aud_ and 26 characters, sorts by time.
  id text NOT NULL,
  tenant_id text NOT NULL,
  org_unit text NOT NULL,
  -- Who acted (sub claim); in rows from before subjects only.
  user_id text,
  -- The entry's own time, as hashed; recorded_at is the server's.
  "timestamp" timestamp with time zone NOT NULL,
  -- Kind of entry (domain/audit.ts).
  action_type text NOT NULL,
  -- Audit key, for example github.issue_commented.
  event text NOT NULL,
  -- What was done to what; in rows from before subjects only.
  action_detail text,
  -- Data touched: [{source, itemId, classification, purpose}].
  data_accessed jsonb NOT NULL,
  model_used text,
  -- {input, output}.
  model_tokens jsonb,
  -- Highest label of the data touched.
  data_classification text,
  -- pol_…@version, joined by comma.
  policy_applied text NOT NULL,
  -- Verdict, where policy was asked.
  policy_result text,
  policy_reason text NOT NULL,
  outcome text NOT NULL,
  request_id text,
  decision_id text,
  -- Small facts: action run id, approval id, error code, digest. Never values of fields.
  metadata jsonb NOT NULL,
  -- SHA-256 over a zero byte and the entry's canonical JSON (transparency/leaf.ts).
  leaf_hash bytea NOT NULL,
  -- The server's clock; not part of the hash.
  recorded_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  -- Random name of the person, sub_…; the tenant's table subjects says whose.
  subject text,
  -- Salted commitment to user id and action detail (transparency/leaf.ts).
  personal bytea,
  -- Salt, user id and action detail under the key of the subject; unreadable once that is destroyed.
  sealed bytea,
  -- Number of the transaction that wrote it; not part of the hash. Null in rows from before places went by it.
  arrived bigint DEFAULT ((pg_current_xact_id())::text)::bigint,
  CONSTRAINT audit_entries_pkey PRIMARY KEY (tenant_id, id, "timestamp"),
  CONSTRAINT audit_entries_data_accessed_check CHECK ((jsonb_typeof(data_accessed) = 'array'::text)),
  CONSTRAINT audit_entries_leaf_hash_check CHECK ((octet_length(leaf_hash) = 32)),
  CONSTRAINT audit_entries_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text)),
  CONSTRAINT audit_entries_outcome_check CHECK ((outcome = ANY (ARRAY['intended'::text, 'success'::text, 'denied'::text, 'error'::text, 'pending_approval'::text, 'unknown'::text]))),
  CONSTRAINT audit_entries_personal_check CHECK ((octet_length(personal) = 32)),
  CONSTRAINT audit_entries_policy_result_check CHECK ((policy_result = ANY (ARRAY['deny'::text, 'require_approval'::text, 'notify'::text, 'allow'::text]))),
  CONSTRAINT audit_entries_tenant_id_check CHECK ((tenant_id <> ''::text)),
  CONSTRAINT personal_or_older CHECK (
CASE
    WHEN (subject IS NULL) THEN ((user_id IS NOT NULL) AND (action_detail IS NOT NULL) AND (personal IS NULL) AND (sealed IS NULL))
    ELSE ((user_id IS NULL) AND (action_detail IS NULL) AND (personal IS NOT NULL) AND (sealed IS NOT NULL))
END)
) PARTITION BY RANGE ("timestamp");
CREATE INDEX audit_entries_by_arrival ON ONLY ledger.audit_entries USING brin (arrived) WITH (pages_per_range='32', autosummarize='on');
CREATE INDEX audit_entries_by_kind ON ONLY ledger.audit_entries USING btree (tenant_id, action_type, "timestamp");
CREATE INDEX audit_entries_by_outcome ON ONLY ledger.audit_entries USING btree (tenant_id, outcome, "timestamp") WHERE (outcome = ANY (ARRAY['denied'::text, 'error'::text, 'pending_approval'::text, 'unknown'::text]));
CREATE INDEX audit_entries_by_request ON ONLY ledger.audit_entries USING btree (tenant_id, request_id);
CREATE INDEX audit_entries_by_subject ON ONLY ledger.audit_entries USING btree (tenant_id, subject, "timestamp");
CREATE INDEX audit_entries_by_time ON ONLY ledger.audit_entries USING btree (tenant_id, "timestamp", id);
CREATE INDEX audit_entries_by_unit ON ONLY ledger.audit_entries USING btree (tenant_id, org_unit text_pattern_ops, "timestamp");
CREATE INDEX audit_entries_by_user ON ONLY ledger.audit_entries USING btree (tenant_id, user_id, "timestamp") WHERE (user_id IS NOT NULL);
CREATE INDEX audit_entries_by_verdict ON ONLY ledger.audit_entries USING btree (tenant_id, policy_result, "timestamp") WHERE (policy_result = ANY (ARRAY['deny'::text, 'require_approval'::text, 'notify'::text]));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.audit_entries FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.audit_entries ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE ledger.audit_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.audit_entries FORCE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON ledger.audit_entries
  USING ((tenant_id = current_setting('ledger.tenant'::text, true)))
  WITH CHECK ((tenant_id = current_setting('ledger.tenant'::text, true)));
ALTER TABLE ledger.audit_entries OWNER TO openclaw_ledger_owner;
GRANT INSERT, SELECT ON TABLE ledger.audit_entries TO openclaw_ledger_writer;
GRANT SELECT ON TABLE ledger.audit_entries TO openclaw_ledger_reader;

-- Audit entries of YYYY-MM (UTC).
CREATE TABLE ledger.audit_entries_YYYY_MM PARTITION OF ledger.audit_entries FOR VALUES FROM ('YYYY-MM-01 00:00:00+00') TO ('YYYY-MM-01 00:00:00+00');
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.audit_entries_YYYY_MM FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.audit_entries_YYYY_MM ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE ledger.audit_entries_YYYY_MM ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.audit_entries_YYYY_MM FORCE ROW LEVEL SECURITY;
ALTER TABLE ledger.audit_entries_YYYY_MM OWNER TO openclaw_ledger_owner;

-- What policy said, with the rules that had a say and what it was asked.
CREATE TABLE ledger.decisions (
  tenant_id text NOT NULL,
  decision_id text NOT NULL,
  request_id text,
  -- Name of the effect it was about: <request_id>/<n>.
  run_id text,
  verdict text NOT NULL,
  -- Matched rules (domain/decision.ts).
  rules jsonb NOT NULL,
  -- Input of the policy; no bodies.
  input jsonb NOT NULL,
  -- Decision digest; votes are bound to it.
  digest text NOT NULL,
  -- The decision's own time; recorded_at is the server's.
  at timestamp with time zone NOT NULL,
  recorded_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT decisions_pkey PRIMARY KEY (tenant_id, decision_id),
  CONSTRAINT decisions_verdict_check CHECK ((verdict = ANY (ARRAY['deny'::text, 'require_approval'::text, 'notify'::text, 'allow'::text])))
);
CREATE INDEX decisions_by_request ON ledger.decisions USING btree (tenant_id, request_id);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.decisions FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.decisions ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE ledger.decisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.decisions FORCE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON ledger.decisions
  USING ((tenant_id = current_setting('ledger.tenant'::text, true)))
  WITH CHECK ((tenant_id = current_setting('ledger.tenant'::text, true)));
ALTER TABLE ledger.decisions OWNER TO openclaw_ledger_owner;
GRANT INSERT, SELECT ON TABLE ledger.decisions TO openclaw_ledger_writer;
GRANT SELECT ON TABLE ledger.decisions TO openclaw_ledger_reader;

-- Keys of what ledger.record has written, so that a retry writes nothing twice.
CREATE TABLE ledger.dedupe_keys (
  tenant_id text NOT NULL,
  dedupe_key text NOT NULL,
  recorded_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT dedupe_keys_pkey PRIMARY KEY (tenant_id, dedupe_key)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.dedupe_keys FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.dedupe_keys ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE ledger.dedupe_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.dedupe_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON ledger.dedupe_keys
  USING ((tenant_id = current_setting('ledger.tenant'::text, true)))
  WITH CHECK ((tenant_id = current_setting('ledger.tenant'::text, true)));
ALTER TABLE ledger.dedupe_keys OWNER TO openclaw_ledger_owner;
GRANT INSERT, SELECT ON TABLE ledger.dedupe_keys TO openclaw_ledger_writer;
GRANT SELECT ON TABLE ledger.dedupe_keys TO openclaw_ledger_reader;

-- One row before each send; the settle time counts from the newest.
CREATE TABLE ledger.effect_attempts (
  tenant_id text NOT NULL,
  run_id text NOT NULL,
  -- From 1; unique, so that two workers never send the same attempt.
  n integer NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  -- The decision that let it send; null in attempts from before this was kept.
  decision_id text,
  CONSTRAINT effect_attempts_pkey PRIMARY KEY (tenant_id, run_id, n),
  CONSTRAINT effect_attempts_tenant_id_run_id_fkey FOREIGN KEY (tenant_id, run_id) REFERENCES ledger.effect_claims(tenant_id, run_id),
  CONSTRAINT effect_attempts_n_check CHECK ((n >= 1))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.effect_attempts FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.effect_attempts ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE ledger.effect_attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.effect_attempts FORCE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON ledger.effect_attempts
  USING ((tenant_id = current_setting('ledger.tenant'::text, true)))
  WITH CHECK ((tenant_id = current_setting('ledger.tenant'::text, true)));
ALTER TABLE ledger.effect_attempts OWNER TO openclaw_ledger_owner;
GRANT INSERT, SELECT ON TABLE ledger.effect_attempts TO openclaw_ledger_writer;
GRANT SELECT ON TABLE ledger.effect_attempts TO openclaw_ledger_reader;

-- One row per effect, written before its first byte goes out: whoever finds it looks before sending.
CREATE TABLE ledger.effect_claims (
  tenant_id text NOT NULL,
  -- <request_id>/<n>, with ~<sending> from the second sending on.
  run_id text NOT NULL,
  request_id text NOT NULL,
  -- The approval that this effect consumed; no other effect can.
  approval_id text,
  -- The earlier effect that a person had sent again.
  names_run_id text,
  -- SHA-256 (hex) of the input's canonical JSON.
  input_digest text NOT NULL,
  -- Audit entry with outcome intended.
  intent_entry_id text NOT NULL,
  claimed_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT effect_claims_pkey PRIMARY KEY (tenant_id, run_id),
  CONSTRAINT effect_claims_tenant_id_approval_id_key UNIQUE (tenant_id, approval_id)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.effect_claims FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.effect_claims ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE ledger.effect_claims ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.effect_claims FORCE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON ledger.effect_claims
  USING ((tenant_id = current_setting('ledger.tenant'::text, true)))
  WITH CHECK ((tenant_id = current_setting('ledger.tenant'::text, true)));
ALTER TABLE ledger.effect_claims OWNER TO openclaw_ledger_owner;
GRANT INSERT, SELECT ON TABLE ledger.effect_claims TO openclaw_ledger_writer;
GRANT SELECT ON TABLE ledger.effect_claims TO openclaw_ledger_reader;

-- What came of an effect, once per effect.
CREATE TABLE ledger.effect_outcomes (
  tenant_id text NOT NULL,
  run_id text NOT NULL,
  outcome text NOT NULL,
  -- Audit entry with the outcome.
  entry_id text NOT NULL,
  -- Small facts of the answer, such as the id of the new comment; no bodies.
  result jsonb,
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT effect_outcomes_pkey PRIMARY KEY (tenant_id, run_id),
  CONSTRAINT effect_outcomes_tenant_id_run_id_fkey FOREIGN KEY (tenant_id, run_id) REFERENCES ledger.effect_claims(tenant_id, run_id),
  CONSTRAINT effect_outcomes_outcome_check CHECK ((outcome = ANY (ARRAY['success'::text, 'denied'::text, 'error'::text, 'unknown'::text])))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.effect_outcomes FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.effect_outcomes ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE ledger.effect_outcomes ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.effect_outcomes FORCE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON ledger.effect_outcomes
  USING ((tenant_id = current_setting('ledger.tenant'::text, true)))
  WITH CHECK ((tenant_id = current_setting('ledger.tenant'::text, true)));
ALTER TABLE ledger.effect_outcomes OWNER TO openclaw_ledger_owner;
GRANT INSERT, SELECT ON TABLE ledger.effect_outcomes TO openclaw_ledger_writer;
GRANT SELECT ON TABLE ledger.effect_outcomes TO openclaw_ledger_reader;

-- What the reconciler found missing, once each.
CREATE TABLE ledger.gaps (
  tenant_id text NOT NULL,
  -- What is missing (governance/reconcile.ts).
  kind text NOT NULL,
  -- Id of what it is missing from: an effect, a decision or an entry.
  ref text NOT NULL,
  -- The server's clock.
  found_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT gaps_pkey PRIMARY KEY (tenant_id, kind, ref)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.gaps FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.gaps ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE ledger.gaps ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.gaps FORCE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON ledger.gaps
  USING ((tenant_id = current_setting('ledger.tenant'::text, true)))
  WITH CHECK ((tenant_id = current_setting('ledger.tenant'::text, true)));
CREATE POLICY of_all ON ledger.gaps FOR SELECT TO openclaw_ledger_owner
  USING (true);
ALTER TABLE ledger.gaps OWNER TO openclaw_ledger_owner;
GRANT INSERT, SELECT ON TABLE ledger.gaps TO openclaw_ledger_writer;
GRANT SELECT ON TABLE ledger.gaps TO openclaw_ledger_reader;

-- Holds that are over.
CREATE TABLE ledger.legal_hold_releases (
  tenant_id text NOT NULL,
  -- The hold.
  hold_id text NOT NULL,
  -- Subject of the person who ended it.
  released_by text NOT NULL,
  -- The server's clock.
  released_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT legal_hold_releases_pkey PRIMARY KEY (tenant_id, hold_id),
  CONSTRAINT legal_hold_releases_tenant_id_hold_id_fkey FOREIGN KEY (tenant_id, hold_id) REFERENCES ledger.legal_holds(tenant_id, hold_id)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.legal_hold_releases FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.legal_hold_releases ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE ledger.legal_hold_releases ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.legal_hold_releases FORCE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON ledger.legal_hold_releases
  USING ((tenant_id = current_setting('ledger.tenant'::text, true)))
  WITH CHECK ((tenant_id = current_setting('ledger.tenant'::text, true)));
CREATE POLICY of_all ON ledger.legal_hold_releases FOR SELECT TO openclaw_ledger_owner
  USING (true);
ALTER TABLE ledger.legal_hold_releases OWNER TO openclaw_ledger_owner;
GRANT INSERT, SELECT ON TABLE ledger.legal_hold_releases TO openclaw_ledger_writer;
GRANT SELECT ON TABLE ledger.legal_hold_releases TO openclaw_ledger_reader;

-- What must be kept although retention or erasure would end it, until a release is on record.
CREATE TABLE ledger.legal_holds (
  tenant_id text NOT NULL,
  -- hld_ and 26 characters.
  hold_id text NOT NULL,
  -- Whose data; null = everybody's of the tenant.
  subject text,
  -- Data from this time on; null = from the beginning.
  from_at timestamp with time zone,
  -- Data before this time; null = for ever.
  to_at timestamp with time zone,
  -- Why, under the tenant's key.
  sealed_reason bytea NOT NULL,
  -- Subject of the person who placed it.
  placed_by text NOT NULL,
  -- The server's clock.
  placed_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT legal_holds_pkey PRIMARY KEY (tenant_id, hold_id),
  CONSTRAINT legal_holds_check CHECK ((from_at < to_at))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.legal_holds FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.legal_holds ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE ledger.legal_holds ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.legal_holds FORCE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON ledger.legal_holds
  USING ((tenant_id = current_setting('ledger.tenant'::text, true)))
  WITH CHECK ((tenant_id = current_setting('ledger.tenant'::text, true)));
CREATE POLICY of_all ON ledger.legal_holds FOR SELECT TO openclaw_ledger_owner
  USING (true);
ALTER TABLE ledger.legal_holds OWNER TO openclaw_ledger_owner;
GRANT INSERT, SELECT ON TABLE ledger.legal_holds TO openclaw_ledger_writer;
GRANT SELECT ON TABLE ledger.legal_holds TO openclaw_ledger_reader;

-- Signed statements of how the tree stood (docs/audit-format.md).
CREATE TABLE ledger.tree_heads (
  tenant_id text NOT NULL,
  -- From 1, without gaps.
  n bigint NOT NULL,
  -- Leaves that it covers.
  size bigint NOT NULL,
  -- Root over positions 0 to size - 1.
  root_hash bytea NOT NULL,
  at timestamp with time zone NOT NULL,
  -- SHA-256 (hex) of the head before it; null for the first.
  previous text,
  -- Key that signed it.
  key_id text NOT NULL,
  -- Ed25519, base64url.
  signature text NOT NULL,
  -- Whatever transactions before this number wrote had its place when the head was signed; null: not known.
  placed_before bigint,
  -- The server's clock; not part of what is signed.
  recorded_at timestamp with time zone DEFAULT clock_timestamp(),
  CONSTRAINT tree_heads_pkey PRIMARY KEY (tenant_id, n),
  CONSTRAINT tree_heads_n_check CHECK ((n >= 1)),
  CONSTRAINT tree_heads_root_hash_check CHECK ((octet_length(root_hash) = 32)),
  CONSTRAINT tree_heads_size_check CHECK ((size >= 0))
);
CREATE INDEX tree_heads_by_size ON ledger.tree_heads USING btree (tenant_id, size, n);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.tree_heads FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.tree_heads ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE ledger.tree_heads ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.tree_heads FORCE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON ledger.tree_heads
  USING ((tenant_id = current_setting('ledger.tenant'::text, true)))
  WITH CHECK ((tenant_id = current_setting('ledger.tenant'::text, true)));
ALTER TABLE ledger.tree_heads OWNER TO openclaw_ledger_owner;
GRANT INSERT, SELECT ON TABLE ledger.tree_heads TO openclaw_ledger_writer;
GRANT SELECT ON TABLE ledger.tree_heads TO openclaw_ledger_reader;

-- Signed statements that introduce a key: by the key before it, or by itself.
CREATE TABLE ledger.tree_keys (
  tenant_id text NOT NULL,
  -- Id of the key that is introduced.
  introduced text NOT NULL,
  -- Ed25519, 32 bytes.
  public_key bytea NOT NULL,
  at timestamp with time zone NOT NULL,
  -- Key that signed the statement.
  key_id text NOT NULL,
  -- Ed25519, base64url.
  signature text NOT NULL,
  CONSTRAINT tree_keys_pkey PRIMARY KEY (tenant_id, introduced),
  CONSTRAINT tree_keys_public_key_check CHECK ((octet_length(public_key) = 32))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.tree_keys FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.tree_keys ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE ledger.tree_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.tree_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON ledger.tree_keys
  USING ((tenant_id = current_setting('ledger.tenant'::text, true)))
  WITH CHECK ((tenant_id = current_setting('ledger.tenant'::text, true)));
ALTER TABLE ledger.tree_keys OWNER TO openclaw_ledger_owner;
GRANT INSERT, SELECT ON TABLE ledger.tree_keys TO openclaw_ledger_writer;
GRANT SELECT ON TABLE ledger.tree_keys TO openclaw_ledger_reader;

-- The place of each entry in the tree of its tenant.
CREATE TABLE ledger.tree_leaves (
  tenant_id text NOT NULL,
  -- From 0, without gaps.
  "position" bigint NOT NULL,
  -- Audit entry; its row is dropped with its month, this one stays.
  entry_id text NOT NULL,
  -- The entry's own time.
  "timestamp" timestamp with time zone NOT NULL,
  -- As it was when the entry got its place.
  leaf_hash bytea NOT NULL,
  CONSTRAINT tree_leaves_pkey PRIMARY KEY (tenant_id, "position"),
  CONSTRAINT tree_leaves_tenant_id_entry_id_timestamp_key UNIQUE (tenant_id, entry_id, "timestamp"),
  CONSTRAINT tree_leaves_leaf_hash_check CHECK ((octet_length(leaf_hash) = 32)),
  CONSTRAINT tree_leaves_position_check CHECK (("position" >= 0))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.tree_leaves FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.tree_leaves ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE ledger.tree_leaves ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.tree_leaves FORCE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON ledger.tree_leaves
  USING ((tenant_id = current_setting('ledger.tenant'::text, true)))
  WITH CHECK ((tenant_id = current_setting('ledger.tenant'::text, true)));
ALTER TABLE ledger.tree_leaves OWNER TO openclaw_ledger_owner;
GRANT INSERT, SELECT ON TABLE ledger.tree_leaves TO openclaw_ledger_writer;
GRANT SELECT ON TABLE ledger.tree_leaves TO openclaw_ledger_reader;

-- Roots of complete subtrees of 2^8, 2^16 … leaves, so that a proof reads few rows.
CREATE TABLE ledger.tree_nodes (
  tenant_id text NOT NULL,
  -- A subtree of 2^level leaves.
  level smallint NOT NULL,
  -- From 0, within its level.
  index bigint NOT NULL,
  -- RFC 6962 hash.
  hash bytea NOT NULL,
  CONSTRAINT tree_nodes_pkey PRIMARY KEY (tenant_id, level, index),
  CONSTRAINT tree_nodes_hash_check CHECK ((octet_length(hash) = 32)),
  CONSTRAINT tree_nodes_index_check CHECK ((index >= 0)),
  CONSTRAINT tree_nodes_level_check CHECK (((level > 0) AND (((level)::integer % 8) = 0)))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.tree_nodes FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.tree_nodes ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE ledger.tree_nodes ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.tree_nodes FORCE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON ledger.tree_nodes
  USING ((tenant_id = current_setting('ledger.tenant'::text, true)))
  WITH CHECK ((tenant_id = current_setting('ledger.tenant'::text, true)));
ALTER TABLE ledger.tree_nodes OWNER TO openclaw_ledger_owner;
GRANT INSERT, SELECT ON TABLE ledger.tree_nodes TO openclaw_ledger_writer;
GRANT SELECT ON TABLE ledger.tree_nodes TO openclaw_ledger_reader;

-- For workers of the release before: ends the attempt before, whose effect they have looked for in vain, and adds the next.
CREATE OR REPLACE FUNCTION ledger.add_attempt(p_tenant text, p_run_id text, p_n integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  PERFORM ledger.in_turn(p_tenant, p_run_id);
  INSERT INTO ledger.attempt_ends (tenant_id, run_id, n, code)
  SELECT tenant_id, run_id, n, 'api_unreachable' FROM ledger.effect_attempts
  WHERE tenant_id = p_tenant AND run_id = p_run_id AND n = p_n - 1
    AND NOT EXISTS (SELECT FROM ledger.effect_outcomes WHERE tenant_id = p_tenant AND run_id = p_run_id)
  ON CONFLICT DO NOTHING;
  RETURN ledger.add_attempt(p_tenant, p_run_id, p_n, NULL);
END $function$;
ALTER FUNCTION ledger.add_attempt(text,text,integer) OWNER TO openclaw_ledger_writer;
GRANT EXECUTE ON FUNCTION ledger.add_attempt(text,text,integer) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.add_attempt(text,text,integer) TO openclaw_worker;

-- The next attempt of a claimed effect without an outcome, with the decision that lets it send; added is false when another worker has it, or the attempt before has not ended.
CREATE OR REPLACE FUNCTION ledger.add_attempt(p_tenant text, p_run_id text, p_n integer, p_decision jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
  v_at timestamptz;
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  PERFORM ledger.in_turn(p_tenant, p_run_id);
  INSERT INTO ledger.effect_attempts (tenant_id, run_id, n, decision_id)
  SELECT p_tenant, p_run_id, p_n, p_decision->>'decisionId'
  WHERE p_n = 1 + (SELECT max(n) FROM ledger.effect_attempts WHERE tenant_id = p_tenant AND run_id = p_run_id)
    AND EXISTS (SELECT FROM ledger.attempt_ends WHERE tenant_id = p_tenant AND run_id = p_run_id AND n = p_n - 1)
    AND NOT EXISTS (SELECT FROM ledger.effect_outcomes WHERE tenant_id = p_tenant AND run_id = p_run_id)
  ON CONFLICT DO NOTHING RETURNING at INTO v_at;
  IF FOUND THEN
    IF p_decision IS NOT NULL THEN
      PERFORM ledger.add_decision(p_tenant, p_decision);
    END IF;
    RETURN jsonb_build_object('added', true, 'at', ledger.iso(v_at));
  END IF;
  SELECT at INTO v_at FROM ledger.effect_attempts WHERE tenant_id = p_tenant AND run_id = p_run_id AND n = p_n;
  RETURN jsonb_build_object('added', false, 'at', ledger.iso(v_at));
END $function$;
ALTER FUNCTION ledger.add_attempt(text,text,integer,jsonb) OWNER TO openclaw_ledger_writer;
GRANT EXECUTE ON FUNCTION ledger.add_attempt(text,text,integer,jsonb) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.add_attempt(text,text,integer,jsonb) TO openclaw_worker;

-- One decision from its camelCase JSON.
CREATE OR REPLACE FUNCTION ledger.add_decision(p_tenant text, p_decision jsonb)
 RETURNS void
 LANGUAGE sql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  INSERT INTO ledger.decisions (tenant_id, decision_id, request_id, run_id, verdict, rules, input, digest, at)
  VALUES (p_tenant, p_decision->>'decisionId', p_decision->>'requestId', p_decision->>'runId', p_decision->>'verdict',
    p_decision->'rules', p_decision->'input', p_decision->>'digest', (p_decision->>'at')::timestamptz)
$function$;
ALTER FUNCTION ledger.add_decision(text,jsonb) OWNER TO openclaw_ledger_writer;

-- Entries from the camelCase JSON of a leaf (transparency/leaf.ts) with sealed (base64) and leafHash (hex) beside it; none in the older form.
CREATE OR REPLACE FUNCTION ledger.add_entries(p_tenant text, p_entries jsonb)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE
  v_added integer;
BEGIN
  INSERT INTO ledger.audit_entries (id, tenant_id, org_unit, subject, "timestamp", action_type, event,
    data_accessed, model_used, model_tokens, data_classification, policy_applied, policy_result,
    policy_reason, outcome, request_id, decision_id, metadata, personal, sealed, leaf_hash)
  SELECT e.id, e."tenantId", e."orgUnit", e.subject, e."timestamp"::timestamptz, e."actionType", e.event,
    e."dataAccessed", e."modelUsed", e."modelTokens", e."dataClassification", e."policyApplied",
    e."policyResult", e."policyReason", e.outcome, e."requestId", e."decisionId", e.metadata,
    decode(e.personal, 'hex'), decode(e.sealed, 'base64'), decode(e."leafHash", 'hex')
  FROM jsonb_array_elements(p_entries) AS given,
    jsonb_to_record(given) AS e(id text, "tenantId" text, "orgUnit" text, subject text,
    "timestamp" text, "actionType" text, event text, "dataAccessed" jsonb,
    "modelUsed" text, "modelTokens" jsonb, "dataClassification" text, "policyApplied" text, "policyResult" text,
    "policyReason" text, outcome text, "requestId" text, "decisionId" text, metadata jsonb, personal text,
    sealed text, "leafHash" text)
  WHERE e."tenantId" = p_tenant AND ledger.iso(e."timestamp"::timestamptz) = e."timestamp" AND ledger.is_readable(given)
    -- With another time it would be another row, and what is on record about the one would be taken for the other's.
    AND (SELECT l.entry_id FROM ledger.tree_leaves l WHERE l.tenant_id = p_tenant AND l.entry_id = e.id LIMIT 1) IS NULL;
  GET DIAGNOSTICS v_added = ROW_COUNT;
  IF v_added <> jsonb_array_length(p_entries) THEN
    RAISE EXCEPTION 'an entry names another tenant, has the older form or the id of another, can not be read back, or its timestamp is not ISO 8601 in UTC with milliseconds'
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
END $function$;
ALTER FUNCTION ledger.add_entries(text,jsonb) OWNER TO openclaw_ledger_writer;

-- The next head with the subtrees that became complete, and what ledger.place said before it; false when another worker was faster. Refuses one that is dated before the head before it, or ahead of both that head and the clock.
CREATE OR REPLACE FUNCTION ledger.add_head(p_tenant text, p_head jsonb, p_nodes jsonb, p_placed_before bigint DEFAULT NULL::bigint)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
  v_n bigint := (p_head->'claims'->>'n')::bigint;
  v_at timestamptz := (p_head->'claims'->>'at')::timestamptz;
  v_last ledger.tree_heads;
BEGIN
  PERFORM ledger.own_tree(p_tenant);
  SELECT * INTO v_last FROM ledger.tree_heads WHERE tenant_id = p_tenant ORDER BY n DESC LIMIT 1;
  IF v_n IS DISTINCT FROM coalesce(v_last.n, 0) + 1 THEN
    RETURN false;
  END IF;
  IF v_at < v_last.at OR v_at > greatest(clock_timestamp(), v_last.at) THEN
    RAISE EXCEPTION 'head % of % is dated %, where the database''s clock says % and the head before it %',
      v_n, p_tenant, ledger.iso(v_at), ledger.iso(clock_timestamp()), coalesce(ledger.iso(v_last.at), 'nothing')
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  INSERT INTO ledger.tree_nodes (tenant_id, level, index, hash)
  SELECT p_tenant, node.level, node.index, decode(node.hash, 'hex')
  FROM jsonb_to_recordset(p_nodes) AS node(level smallint, index bigint, hash text);
  INSERT INTO ledger.tree_heads (tenant_id, n, size, root_hash, at, previous, key_id, signature, placed_before)
  VALUES (p_tenant, v_n, (p_head->'claims'->>'size')::bigint, decode(p_head->'claims'->>'rootHash', 'hex'),
    v_at, p_head->'claims'->>'previous', p_head->>'keyId', p_head->>'signature', p_placed_before);
  RETURN true;
END $function$;
ALTER FUNCTION ledger.add_head(text,jsonb,jsonb,bigint) OWNER TO openclaw_ledger_writer;
GRANT EXECUTE ON FUNCTION ledger.add_head(text,jsonb,jsonb,bigint) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.add_head(text,jsonb,jsonb,bigint) TO openclaw_worker;

-- A key statement; false when that key is introduced already.
CREATE OR REPLACE FUNCTION ledger.add_tree_key(p_tenant text, p_key jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  PERFORM ledger.own_tree(p_tenant);
  INSERT INTO ledger.tree_keys (tenant_id, introduced, public_key, at, key_id, signature)
  VALUES (p_tenant, p_key->'claims'->>'keyId', decode(p_key->'claims'->>'publicKey', 'hex'),
    (p_key->'claims'->>'at')::timestamptz, p_key->>'keyId', p_key->>'signature')
  ON CONFLICT DO NOTHING;
  RETURN FOUND;
END $function$;
ALTER FUNCTION ledger.add_tree_key(text,jsonb) OWNER TO openclaw_ledger_writer;
GRANT EXECUTE ON FUNCTION ledger.add_tree_key(text,jsonb) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.add_tree_key(text,jsonb) TO openclaw_worker;

-- Claim, decision, intent and attempt 1 together; or nothing, and the claim on record (existing), or approval_consumed when another effect used the approval.
CREATE OR REPLACE FUNCTION ledger.begin_effect(p_tenant text, p_decision jsonb, p_entry jsonb, p_claim jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
  v_run_id text := p_claim->>'runId';
  v_at timestamptz;
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  INSERT INTO ledger.effect_claims (tenant_id, run_id, request_id, approval_id, names_run_id, input_digest, intent_entry_id)
  VALUES (p_tenant, v_run_id, p_claim->>'requestId', p_claim->>'approvalId', p_claim->>'namesRunId',
    p_claim->>'inputDigest', p_entry->>'id')
  ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN coalesce(ledger.claim_of(p_tenant, v_run_id), jsonb_build_object('inputDigest', NULL, 'outcome', NULL,
      'attempts', '[]'::jsonb, 'claimedUnder', NULL, 'now', ledger.iso(clock_timestamp()), 'claim', 'approval_consumed'));
  END IF;
  PERFORM ledger.add_decision(p_tenant, p_decision);
  PERFORM ledger.add_entries(p_tenant, jsonb_build_array(p_entry));
  INSERT INTO ledger.effect_attempts (tenant_id, run_id, n, decision_id) VALUES (p_tenant, v_run_id, 1, p_decision->>'decisionId')
  RETURNING at INTO v_at;
  RETURN jsonb_build_object('claim', 'new', 'inputDigest', p_claim->>'inputDigest', 'outcome', NULL, 'claimedUnder', NULL,
    'attempts', jsonb_build_array(jsonb_build_object('n', 1, 'at', ledger.iso(v_at), 'decisionId', p_decision->>'decisionId',
      'ended', NULL)), 'now', ledger.iso(clock_timestamp()));
END $function$;
ALTER FUNCTION ledger.begin_effect(text,jsonb,jsonb,jsonb) OWNER TO openclaw_ledger_writer;
GRANT EXECUTE ON FUNCTION ledger.begin_effect(text,jsonb,jsonb,jsonb) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.begin_effect(text,jsonb,jsonb,jsonb) TO openclaw_worker;

-- The claim of an effect with its attempts, its outcome, and the decision under which it was made, as its intent states it (null once that is gone); null when nobody claimed it.
CREATE OR REPLACE FUNCTION ledger.claim_of(p_tenant text, p_run_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT jsonb_build_object('claim', 'existing', 'inputDigest', c.input_digest, 'now', ledger.iso(clock_timestamp()),
      'outcome', ledger.outcome_of(p_tenant, p_run_id),
      'attempts', (SELECT coalesce(jsonb_agg(jsonb_build_object('n', a.n, 'at', ledger.iso(a.at), 'decisionId', a.decision_id,
          'ended', CASE WHEN e.n IS NULL THEN NULL ELSE jsonb_build_object('code', e.code, 'againAt', ledger.iso(e.again_at)) END)
          ORDER BY a.n), '[]')
        FROM ledger.effect_attempts a LEFT JOIN ledger.attempt_ends e USING (tenant_id, run_id, n)
        WHERE a.tenant_id = p_tenant AND a.run_id = p_run_id),
      'claimedUnder', (SELECT jsonb_build_object('decisionId', i.decision_id, 'verdict', i.policy_result,
          'policyApplied', i.policy_applied, 'reason', i.policy_reason, 'classification', i.data_classification)
        FROM ledger.audit_entries i
        WHERE i.tenant_id = p_tenant AND i.id = c.intent_entry_id AND i.decision_id IS NOT NULL LIMIT 1))
    FROM ledger.effect_claims c WHERE c.tenant_id = p_tenant AND c.run_id = p_run_id);
END $function$;
ALTER FUNCTION ledger.claim_of(text,text) OWNER TO openclaw_ledger_writer;
GRANT EXECUTE ON FUNCTION ledger.claim_of(text,text) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.claim_of(text,text) TO openclaw_gateway;
GRANT EXECUTE ON FUNCTION ledger.claim_of(text,text) TO openclaw_worker;

-- How many entries are sealed under a person's key, and how many older ones name them in clear.
CREATE OR REPLACE FUNCTION ledger.count_of_person(p_tenant text, p_subject text, p_user_id text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN jsonb_build_object(
    'sealed', (SELECT count(*) FROM ledger.audit_entries WHERE tenant_id = p_tenant AND subject = p_subject),
    'inClear', (SELECT count(*) FROM ledger.audit_entries WHERE tenant_id = p_tenant AND user_id = p_user_id));
END $function$;
ALTER FUNCTION ledger.count_of_person(text,text,text) OWNER TO openclaw_ledger_reader;
GRANT EXECUTE ON FUNCTION ledger.count_of_person(text,text,text) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.count_of_person(text,text,text) TO openclaw_gateway;
GRANT EXECUTE ON FUNCTION ledger.count_of_person(text,text,text) TO openclaw_worker;

-- Decisions after one id and up to another, p_limit of them, by what was asked: {count, last, groups: [{key, input, fromOutside, count, decisionIds, times}]}, ids and times of the newest five.
CREATE OR REPLACE FUNCTION ledger.decisions_alike(p_tenant text, p_after text, p_through text, p_limit integer)
 RETURNS json
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
AS $function$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  IF p_limit NOT BETWEEN 1 AND 50000 THEN
    RAISE EXCEPTION 'limit out of range' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN (
    WITH page AS MATERIALIZED (
      SELECT decision_id, at, sha256(convert_to(asked.outside || input::text, 'UTF8')) AS key
      FROM ledger.decisions, LATERAL (SELECT rules @> '[{"domain": "origin"}]' AS outside) AS asked
      WHERE tenant_id = p_tenant AND decision_id > p_after AND decision_id <= p_through
      ORDER BY decision_id LIMIT p_limit
    ), alike AS MATERIALIZED (
      SELECT key, count(*) AS n, (array_agg(decision_id ORDER BY decision_id DESC))[1:5] AS ids,
        (array_agg(at ORDER BY decision_id DESC))[1:5] AS times
      FROM page GROUP BY key
    )
    SELECT json_build_object(
      'count', (SELECT count(*) FROM page),
      'last', (SELECT max(decision_id) FROM page),
      'groups', (SELECT coalesce(json_agg(json_build_object('key', encode(a.key, 'hex'), 'input', d.input,
        'fromOutside', d.outside, 'count', a.n, 'decisionIds', a.ids, 'times', a.times)), '[]')
        FROM alike a, LATERAL (SELECT input, rules @> '[{"domain": "origin"}]' AS outside FROM ledger.decisions
          WHERE tenant_id = p_tenant AND decision_id = a.ids[1] LIMIT 1) AS d)));
END $function$;
ALTER FUNCTION ledger.decisions_alike(text,text,text,integer) OWNER TO openclaw_ledger_reader;
GRANT EXECUTE ON FUNCTION ledger.decisions_alike(text,text,text,integer) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.decisions_alike(text,text,text,integer) TO openclaw_gateway;

-- Drops a month of entries: dropped, or why not (absent, too_young, held by a legal hold, not_covered by a signed head).
CREATE OR REPLACE FUNCTION ledger.drop_month(p_month text, p_keep_days integer)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
  v_table text := 'audit_entries_' || replace(p_month, '-', '_');
  v_from timestamptz;
  v_to timestamptz;
  v_tenant text;
  v_tenants text[];
  v_bare boolean := false;
BEGIN
  IF p_month !~ '^\d{4}-(0[1-9]|1[0-2])$' OR to_regclass('ledger.' || v_table) IS NULL THEN
    RETURN 'absent';
  END IF;
  v_from := to_date(p_month, 'YYYY-MM')::timestamp AT TIME ZONE 'UTC';
  v_to := (to_date(p_month, 'YYYY-MM') + interval '1 month') AT TIME ZONE 'UTC';
  IF v_to >= now() - make_interval(days => greatest(366, p_keep_days)) THEN
    RETURN 'too_young';
  END IF;
  IF EXISTS (SELECT FROM ledger.legal_holds h
    WHERE coalesce(h.from_at, '-infinity') < v_to AND coalesce(h.to_at, 'infinity') > v_from
      AND NOT EXISTS (SELECT FROM ledger.legal_hold_releases r WHERE r.tenant_id = h.tenant_id AND r.hold_id = h.hold_id))
  THEN
    RETURN 'held';
  END IF;
  -- Forced row-level security hides the month from its owner too. The lock that this takes is the one that dropping needs.
  EXECUTE format('ALTER TABLE ledger.%I NO FORCE ROW LEVEL SECURITY', v_table);
  EXECUTE format('SELECT coalesce(array_agg(DISTINCT tenant_id), ''{}'') FROM ledger.%I', v_table) INTO v_tenants;
  FOREACH v_tenant IN ARRAY v_tenants LOOP
    PERFORM set_config('ledger.tenant', v_tenant, true);
    EXECUTE format('SELECT EXISTS (SELECT FROM ledger.%I e WHERE e.tenant_id = $1 AND NOT EXISTS (
        SELECT FROM ledger.tree_leaves l WHERE l.tenant_id = $1 AND l.entry_id = e.id AND l.leaf_hash = e.leaf_hash
          AND l.position < (SELECT max(h.size) FROM ledger.tree_heads h WHERE h.tenant_id = $1)))', v_table)
      INTO v_bare USING v_tenant;
    EXIT WHEN v_bare;
  END LOOP;
  IF v_bare THEN
    EXECUTE format('ALTER TABLE ledger.%I FORCE ROW LEVEL SECURITY', v_table);
    RETURN 'not_covered';
  END IF;
  EXECUTE format('DROP TABLE ledger.%I', v_table);
  RETURN 'dropped';
END $function$;
ALTER FUNCTION ledger.drop_month(text,integer) OWNER TO openclaw_ledger_owner;
GRANT EXECUTE ON FUNCTION ledger.drop_month(text,integer) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.drop_month(text,integer) TO openclaw_worker;

-- An attempt surely had no effect, and the provider wants no call for so many milliseconds (null: it named no time); false when that is on record already or the effect has an outcome.
CREATE OR REPLACE FUNCTION ledger.end_attempt(p_tenant text, p_run_id text, p_n integer, p_code text, p_again_ms double precision)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  INSERT INTO ledger.attempt_ends (tenant_id, run_id, n, code, again_at)
  SELECT p_tenant, p_run_id, p_n, p_code, clock_timestamp() + p_again_ms * interval '1 millisecond'
  WHERE NOT EXISTS (SELECT FROM ledger.effect_outcomes WHERE tenant_id = p_tenant AND run_id = p_run_id)
  ON CONFLICT DO NOTHING;
  RETURN FOUND;
END $function$;
ALTER FUNCTION ledger.end_attempt(text,text,integer,text,double precision) OWNER TO openclaw_ledger_writer;
GRANT EXECUTE ON FUNCTION ledger.end_attempt(text,text,integer,text,double precision) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.end_attempt(text,text,integer,text,double precision) TO openclaw_worker;

-- The leaf as it was hashed (transparency/leaf.ts), with leafHash (hex) and, in the newer form, sealed (base64) beside it.
CREATE OR REPLACE FUNCTION ledger.entry_json(p_entry ledger.audit_entries)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  SELECT jsonb_build_object('id', p_entry.id, 'tenantId', p_entry.tenant_id, 'orgUnit', p_entry.org_unit,
    'timestamp', ledger.iso(p_entry."timestamp"), 'actionType', p_entry.action_type,
    'event', p_entry.event, 'dataAccessed', p_entry.data_accessed,
    'modelUsed', p_entry.model_used, 'modelTokens', p_entry.model_tokens,
    'dataClassification', p_entry.data_classification, 'policyApplied', p_entry.policy_applied,
    'policyResult', p_entry.policy_result, 'policyReason', p_entry.policy_reason, 'outcome', p_entry.outcome,
    'requestId', p_entry.request_id, 'decisionId', p_entry.decision_id, 'metadata', p_entry.metadata,
    'leafHash', encode(p_entry.leaf_hash, 'hex'))
    || CASE WHEN p_entry.subject IS NULL
      THEN jsonb_build_object('userId', p_entry.user_id, 'actionDetail', p_entry.action_detail)
      ELSE jsonb_build_object('subject', p_entry.subject, 'personal', encode(p_entry.personal, 'hex'),
        'sealed', translate(encode(p_entry.sealed, 'base64'), E'\n', '')) END
$function$;
ALTER FUNCTION ledger.entry_json(ledger.audit_entries) OWNER TO openclaw_ledger_reader;

-- Of which of these subjects [sub_…] the log says that the key was destroyed by an erasure, or was about to be within a day of now.
CREATE OR REPLACE FUNCTION ledger.erased_subjects(p_tenant text, p_subjects jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT coalesce(jsonb_agg(said.subject), '[]') FROM (
    SELECT DISTINCT ON (e.metadata->>'subject') e.metadata->>'subject' AS subject, e.metadata->>'key' AS key, e.outcome,
      e."timestamp" AS at
    FROM ledger.audit_entries e LEFT JOIN ledger.tree_leaves l
      ON l.tenant_id = p_tenant AND l.entry_id = e.id AND l."timestamp" = e."timestamp"
    WHERE e.tenant_id = p_tenant AND e.action_type = 'administration' AND e.event = 'user_data.erased'
      AND e.subject IS NOT NULL AND jsonb_typeof(e.metadata->'subject') = 'string' AND p_subjects ? (e.metadata->>'subject')
      AND CASE e.outcome
        WHEN 'success' THEN coalesce(e.metadata->'key', 'null') IN ('null', '"destroyed"', '"kept"')
        WHEN 'intended' THEN e.metadata->'key' = '"destroyed"'
        ELSE false END
    ORDER BY e.metadata->>'subject', l.position DESC NULLS FIRST, e."timestamp" DESC, e.id DESC) AS said
    WHERE said.key IS DISTINCT FROM 'kept'
      AND (said.outcome = 'success' OR said.at BETWEEN clock_timestamp() - interval '1 day' AND clock_timestamp() + interval '1 day'));
END $function$;
ALTER FUNCTION ledger.erased_subjects(text,jsonb) OWNER TO openclaw_ledger_reader;
GRANT EXECUTE ON FUNCTION ledger.erased_subjects(text,jsonb) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.erased_subjects(text,jsonb) TO openclaw_gateway;
GRANT EXECUTE ON FUNCTION ledger.erased_subjects(text,jsonb) TO openclaw_worker;

-- The entries that tell of erasures, at positions [p_from, p_to), in order.
CREATE OR REPLACE FUNCTION ledger.erasure_places(p_tenant text, p_from bigint, p_to bigint)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT coalesce(jsonb_agg(ledger.entry_json(e) || jsonb_build_object('position', l.position) ORDER BY l.position), '[]')
    FROM ledger.audit_entries e JOIN ledger.tree_leaves l
      ON l.tenant_id = p_tenant AND l.entry_id = e.id AND l."timestamp" = e."timestamp"
    WHERE e.tenant_id = p_tenant AND e.action_type = 'administration' AND e.event = 'user_data.erased'
      AND l.position >= p_from AND l.position < p_to);
END $function$;
ALTER FUNCTION ledger.erasure_places(text,bigint,bigint) OWNER TO openclaw_ledger_reader;
GRANT EXECUTE ON FUNCTION ledger.erasure_places(text,bigint,bigint) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.erasure_places(text,bigint,bigint) TO openclaw_gateway;
GRANT EXECUTE ON FUNCTION ledger.erasure_places(text,bigint,bigint) TO openclaw_worker;

-- Months, YYYY-MM, of which every entry is older than so many days, and than 366 in any case.
CREATE OR REPLACE FUNCTION ledger.expired_months(p_keep_days integer)
 RETURNS SETOF text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  SELECT replace(substr(c.relname, 15), '_', '-') FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'ledger.audit_entries'::regclass
    -- CASE, since the planner is free to look at the names of all relations before it joins.
    AND CASE WHEN c.relname ~ '^audit_entries_\d{4}_\d{2}$' THEN
      (to_date(substr(c.relname, 15), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC'
        < now() - make_interval(days => greatest(366, p_keep_days)) ELSE false END
  ORDER BY 1
$function$;
ALTER FUNCTION ledger.expired_months(integer) OWNER TO openclaw_ledger_owner;
GRANT EXECUTE ON FUNCTION ledger.expired_months(integer) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.expired_months(integer) TO openclaw_worker;

-- What of the ledger misses its counterpart between two times, [{kind, ref}]; what is on record as a gap is left out.
CREATE OR REPLACE FUNCTION ledger.find_gaps(p_tenant text, p_after timestamp with time zone, p_before timestamp with time zone, p_limit integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', found.kind, 'ref', found.ref)), '[]') FROM (
    SELECT 'claim_without_outcome' AS kind, c.run_id AS ref FROM ledger.effect_claims c
    WHERE c.tenant_id = p_tenant AND c.claimed_at >= p_after AND c.claimed_at < p_before
      AND NOT EXISTS (SELECT FROM ledger.effect_outcomes o WHERE o.tenant_id = p_tenant AND o.run_id = c.run_id)
      AND NOT EXISTS (SELECT FROM ledger.effect_attempts a
        WHERE a.tenant_id = p_tenant AND a.run_id = c.run_id AND a.at >= p_before)
      -- It waits for the time that the provider named, and a while after that.
      AND NOT EXISTS (SELECT FROM ledger.attempt_ends w
        WHERE w.tenant_id = p_tenant AND w.run_id = c.run_id AND w.again_at >= p_before)
    UNION ALL
    SELECT 'claim_without_intent', c.run_id FROM ledger.effect_claims c
    WHERE c.tenant_id = p_tenant AND c.claimed_at >= p_after AND c.claimed_at < p_before
      AND NOT EXISTS (SELECT FROM ledger.audit_entries e WHERE e.tenant_id = p_tenant AND e.id = c.intent_entry_id
        AND e."timestamp" >= p_after - interval '1 day')
    UNION ALL
    SELECT 'claim_without_decision', c.run_id FROM ledger.effect_claims c
    WHERE c.tenant_id = p_tenant AND c.claimed_at >= p_after AND c.claimed_at < p_before
      AND NOT EXISTS (SELECT FROM ledger.decisions d
        WHERE d.tenant_id = p_tenant AND d.request_id = c.request_id AND d.run_id = c.run_id)
    UNION ALL
    SELECT 'outcome_without_entry', o.run_id FROM ledger.effect_outcomes o
    WHERE o.tenant_id = p_tenant AND o.at >= p_after AND o.at < p_before
      AND NOT EXISTS (SELECT FROM ledger.audit_entries e WHERE e.tenant_id = p_tenant AND e.id = o.entry_id
        AND e."timestamp" >= p_after - interval '1 day')
    UNION ALL
    SELECT 'decision_without_entry', d.decision_id FROM ledger.decisions d
    WHERE d.tenant_id = p_tenant AND d.recorded_at >= p_after AND d.recorded_at < p_before
      AND NOT EXISTS (SELECT FROM ledger.audit_entries e WHERE e.tenant_id = p_tenant AND e.decision_id = d.decision_id
        AND e."timestamp" >= p_after - interval '1 day')
      -- What let a later attempt send belongs to an effect that has its intent.
      AND NOT EXISTS (SELECT FROM ledger.effect_attempts a
        WHERE a.tenant_id = p_tenant AND a.run_id = d.run_id AND a.n > 1 AND a.decision_id = d.decision_id)
    UNION ALL
    SELECT 'attempt_without_decision', a.run_id || '#' || a.n FROM ledger.effect_attempts a
    WHERE a.tenant_id = p_tenant AND a.at >= p_after AND a.at < p_before AND a.n > 1
      AND a.decision_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM ledger.decisions d WHERE d.tenant_id = p_tenant AND d.decision_id = a.decision_id)
    UNION ALL
    SELECT 'entry_without_decision', e.id FROM ledger.audit_entries e
    WHERE e.tenant_id = p_tenant AND e."timestamp" >= p_after AND e."timestamp" < p_before AND e.decision_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM ledger.decisions d WHERE d.tenant_id = p_tenant AND d.decision_id = e.decision_id)
    UNION ALL
    SELECT 'leaf_without_entry', l.entry_id FROM ledger.tree_leaves l
    WHERE l.tenant_id = p_tenant AND l."timestamp" >= p_after AND l."timestamp" < p_before
      AND NOT EXISTS (SELECT FROM ledger.audit_entries e
        WHERE e.tenant_id = p_tenant AND e.id = l.entry_id AND e."timestamp" = l."timestamp")
    LIMIT p_limit) AS found
    WHERE NOT EXISTS (SELECT FROM ledger.gaps g WHERE g.tenant_id = p_tenant AND g.kind = found.kind AND g.ref = found.ref));
END $function$;
ALTER FUNCTION ledger.find_gaps(text,timestamp with time zone,timestamp with time zone,integer) OWNER TO openclaw_ledger_reader;
GRANT EXECUTE ON FUNCTION ledger.find_gaps(text,timestamp with time zone,timestamp with time zone,integer) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.find_gaps(text,timestamp with time zone,timestamp with time zone,integer) TO openclaw_worker;

-- Outcome and its entry, once per effect; a repeated call returns what is on record. p_attempts: how many attempts it is about; unless it is a success, it is refused (outcome null) once there is another; workers of the release before do not say.
CREATE OR REPLACE FUNCTION ledger.finish_effect(p_tenant text, p_run_id text, p_entry jsonb, p_outcome text, p_result jsonb, p_attempts integer DEFAULT 2147483647)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
  v_at timestamptz;
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  PERFORM ledger.in_turn(p_tenant, p_run_id);
  INSERT INTO ledger.effect_outcomes (tenant_id, run_id, outcome, entry_id, result)
  SELECT p_tenant, p_run_id, p_outcome, p_entry->>'id', p_result
  WHERE p_outcome = 'success' OR NOT EXISTS (SELECT FROM ledger.effect_attempts
    WHERE tenant_id = p_tenant AND run_id = p_run_id AND n > p_attempts)
  ON CONFLICT DO NOTHING RETURNING at INTO v_at;
  IF NOT FOUND THEN
    RETURN coalesce(ledger.outcome_of(p_tenant, p_run_id), jsonb_build_object('outcome', NULL))
      || jsonb_build_object('recorded', false);
  END IF;
  PERFORM ledger.add_entries(p_tenant, jsonb_build_array(p_entry));
  RETURN jsonb_build_object('outcome', p_outcome, 'result', p_result, 'at', ledger.iso(v_at), 'recorded', true);
END $function$;
ALTER FUNCTION ledger.finish_effect(text,text,jsonb,text,jsonb,integer) OWNER TO openclaw_ledger_writer;
GRANT EXECUTE ON FUNCTION ledger.finish_effect(text,text,jsonb,text,jsonb,integer) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.finish_effect(text,text,jsonb,text,jsonb,integer) TO openclaw_worker;

-- How many gaps were found since then, of all tenants together.
CREATE OR REPLACE FUNCTION ledger.gaps_since(p_at timestamp with time zone)
 RETURNS integer
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  SELECT count(*)::integer FROM ledger.gaps WHERE found_at >= p_at
$function$;
ALTER FUNCTION ledger.gaps_since(timestamp with time zone) OWNER TO openclaw_ledger_owner;
GRANT EXECUTE ON FUNCTION ledger.gaps_since(timestamp with time zone) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.gaps_since(timestamp with time zone) TO openclaw_gateway;
GRANT EXECUTE ON FUNCTION ledger.gaps_since(timestamp with time zone) TO openclaw_worker;

-- A head as it was signed.
CREATE OR REPLACE FUNCTION ledger.head_json(p_head ledger.tree_heads)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  SELECT jsonb_build_object('claims', jsonb_build_object('kind', 'audit-head', 'tenantId', p_head.tenant_id, 'n', p_head.n,
      'size', p_head.size, 'rootHash', encode(p_head.root_hash, 'hex'), 'at', ledger.iso(p_head.at), 'previous', p_head.previous),
    'keyId', p_head.key_id, 'signature', p_head.signature)
$function$;
ALTER FUNCTION ledger.head_json(ledger.tree_heads) OWNER TO openclaw_ledger_reader;

-- Waits until no other transaction adds an attempt to this effect or ends it.
CREATE OR REPLACE FUNCTION ledger.in_turn(p_tenant text, p_run_id text)
 RETURNS void
 LANGUAGE sql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  SELECT pg_advisory_xact_lock(hashtextextended(p_tenant || '|' || p_run_id, 0))
$function$;
ALTER FUNCTION ledger.in_turn(text,text) OWNER TO openclaw_ledger_writer;

-- Whether every reader can read an entry: 1 MiB, 32 levels, numbers that a double holds, names of their form.
CREATE OR REPLACE FUNCTION ledger.is_readable(p_entry jsonb)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE STRICT
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  SELECT octet_length(p_entry::text) <= 1048576
    AND NOT jsonb_path_exists(p_entry, 'strict $.**{33 to last}')
    AND NOT jsonb_path_exists(p_entry, 'strict $.** ? (@.type() == "number" && (@ > 1.7e308 || @ < -1.7e308))')
    AND p_entry->>'id' ~ '^aud_[0-9A-Z]{26}$' AND p_entry->>'subject' ~ '^sub_[0-9A-Za-z_]{1,64}$'
$function$;
ALTER FUNCTION ledger.is_readable(jsonb) OWNER TO openclaw_ledger_writer;

-- ISO 8601 in UTC with milliseconds, the form that entries are hashed in.
CREATE OR REPLACE FUNCTION ledger.iso(p_at timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  SELECT to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$function$;
ALTER FUNCTION ledger.iso(timestamp with time zone) OWNER TO openclaw_ledger_writer;
GRANT EXECUTE ON FUNCTION ledger.iso(timestamp with time zone) TO openclaw_ledger_reader;

-- Makes missing months around now; returns how many. The migration makes -1 to +12; safe to repeat.
CREATE OR REPLACE FUNCTION ledger.make_partitions(p_months_back integer, p_months_ahead integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
  v_month timestamp;
  v_name text;
  v_made integer := 0;
BEGIN
  IF p_months_back NOT BETWEEN 0 AND 24 OR p_months_ahead NOT BETWEEN 0 AND 36 THEN
    RAISE EXCEPTION 'at most 24 months back and 36 ahead' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('ledger.make_partitions'));
  FOR v_month IN SELECT generate_series(
    date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => p_months_back),
    date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => p_months_ahead),
    interval '1 month') LOOP
    v_name := 'audit_entries_' || to_char(v_month, 'YYYY_MM');
    CONTINUE WHEN to_regclass('ledger.' || v_name) IS NOT NULL;
    EXECUTE format('CREATE TABLE ledger.%I PARTITION OF ledger.audit_entries FOR VALUES FROM (%L) TO (%L)',
      v_name, v_month AT TIME ZONE 'UTC', (v_month + interval '1 month') AT TIME ZONE 'UTC');
    EXECUTE format('COMMENT ON TABLE ledger.%I IS %L', v_name, 'Audit entries of ' || to_char(v_month, 'YYYY-MM') || ' (UTC).');
    PERFORM ledger.seal(format('ledger.%I', v_name)::regclass);
    v_made := v_made + 1;
  END LOOP;
  RETURN v_made;
END $function$;
ALTER FUNCTION ledger.make_partitions(integer,integer) OWNER TO openclaw_ledger_owner;
GRANT EXECUTE ON FUNCTION ledger.make_partitions(integer,integer) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.make_partitions(integer,integer) TO openclaw_worker;

-- Entries that a person may see and asked for, by the view of each event; an unknown kind of visibility sees nothing. A user id comes with its subject.
CREATE OR REPLACE FUNCTION ledger.matching(p_tenant text, p_visibility jsonb, p_filters jsonb)
 RETURNS SETOF ledger.audit_entries
 LANGUAGE sql
 STABLE
AS $function$
  SELECT e.* FROM ledger.audit_entries e
  WHERE e.tenant_id = p_tenant
    AND CASE p_visibility->>'kind'
      WHEN 'tenant' THEN true
      WHEN 'org' THEN
        (e.org_unit = p_visibility->>'orgUnit' OR starts_with(e.org_unit, p_visibility->>'orgUnit' || '/'))
          AND ledger.view_of(e.event) = 'unit'
        OR (e.subject = p_visibility->>'subject' OR e.user_id = p_visibility->>'userId') AND ledger.view_of(e.event) = 'own'
      WHEN 'own' THEN (e.subject = p_visibility->>'subject' OR e.user_id = p_visibility->>'userId')
        AND ledger.view_of(e.event) <> 'tenant'
      ELSE false END
    AND e."timestamp" >= coalesce((p_filters->>'from')::timestamptz, '-infinity')
    AND e."timestamp" < coalesce((p_filters->>'to')::timestamptz, 'infinity')
    AND (p_filters->>'id' IS NULL OR e.id = p_filters->>'id')
    AND (p_filters->>'userId' IS NULL OR e.subject = p_filters->>'subject' OR e.user_id = p_filters->>'userId')
    AND (p_filters->>'actionType' IS NULL OR e.action_type = p_filters->>'actionType')
    AND (p_filters->>'outcome' IS NULL OR e.outcome = p_filters->>'outcome')
    AND (p_filters->>'policyResult' IS NULL OR e.policy_result = p_filters->>'policyResult')
    AND (p_filters->>'requestId' IS NULL OR e.request_id = p_filters->>'requestId')
$function$;
ALTER FUNCTION ledger.matching(text,jsonb,jsonb) OWNER TO openclaw_ledger_reader;

-- Those of these gaps [{kind, ref}] that are not on record yet.
CREATE OR REPLACE FUNCTION ledger.new_gaps(p_tenant text, p_gaps jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT coalesce(jsonb_agg(gap ORDER BY n), '[]') FROM jsonb_array_elements(p_gaps) WITH ORDINALITY AS e(gap, n)
    WHERE NOT EXISTS (SELECT FROM ledger.gaps g WHERE g.tenant_id = p_tenant AND g.kind = gap->>'kind' AND g.ref = gap->>'ref'));
END $function$;
ALTER FUNCTION ledger.new_gaps(text,jsonb) OWNER TO openclaw_ledger_reader;
GRANT EXECUTE ON FUNCTION ledger.new_gaps(text,jsonb) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.new_gaps(text,jsonb) TO openclaw_worker;

-- The id of the newest decision of a tenant; null when there is none.
CREATE OR REPLACE FUNCTION ledger.newest_decision(p_tenant text)
 RETURNS text
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT max(decision_id) FROM ledger.decisions WHERE tenant_id = p_tenant);
END $function$;
ALTER FUNCTION ledger.newest_decision(text) OWNER TO openclaw_ledger_reader;
GRANT EXECUTE ON FUNCTION ledger.newest_decision(text) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.newest_decision(text) TO openclaw_gateway;

-- What is on record of an effect; null when nothing is.
CREATE OR REPLACE FUNCTION ledger.outcome_of(p_tenant text, p_run_id text)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  SELECT jsonb_build_object('outcome', outcome, 'result', result, 'at', ledger.iso(at))
  FROM ledger.effect_outcomes WHERE tenant_id = p_tenant AND run_id = p_run_id
$function$;
ALTER FUNCTION ledger.outcome_of(text,text) OWNER TO openclaw_ledger_writer;

-- One writer at a time for the tree of a tenant; appending entries waits for nobody.
CREATE OR REPLACE FUNCTION ledger.own_tree(p_tenant text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  PERFORM pg_advisory_xact_lock(hashtextextended('ledger.tree ' || p_tenant, 0));
END $function$;
ALTER FUNCTION ledger.own_tree(text) OWNER TO openclaw_ledger_writer;

-- Gives up to p_limit entries without a place the next ones, oldest first: those that came since the newest head, or p_wholly whichever there are. {placed, before, refused}: with fewer than p_limit placed, everything from transactions before that number has its place, except for entries in the older form, which get none; refused names those that are on record as no gap yet.
CREATE OR REPLACE FUNCTION ledger.place(p_tenant text, p_wholly boolean, p_limit integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
DECLARE
  v_since bigint;
  v_next bigint;
  v_placed integer;
  v_before bigint;
BEGIN
  PERFORM ledger.own_tree(p_tenant);
  IF NOT p_wholly THEN
    SELECT placed_before INTO v_since FROM ledger.tree_heads WHERE tenant_id = p_tenant ORDER BY n DESC LIMIT 1;
    -- Numbers only rise; if they did not, this is another server, with the data of the one before.
    IF v_since > pg_snapshot_xmin(pg_current_snapshot())::text::bigint THEN
      v_since := NULL;
    END IF;
  END IF;
  SELECT coalesce(max(position) + 1, 0) INTO v_next FROM ledger.tree_leaves WHERE tenant_id = p_tenant;
  WITH new AS (
    SELECT e.id, e."timestamp", e.leaf_hash FROM ledger.audit_entries e
    WHERE e.tenant_id = p_tenant AND (v_since IS NULL OR e.arrived >= v_since) AND e.subject IS NOT NULL
      AND NOT EXISTS (SELECT FROM ledger.tree_leaves l
        WHERE l.tenant_id = p_tenant AND l.entry_id = e.id AND l."timestamp" = e."timestamp")
    ORDER BY e."timestamp", e.id LIMIT p_limit
  ), placed AS (
    INSERT INTO ledger.tree_leaves (tenant_id, position, entry_id, "timestamp", leaf_hash)
    SELECT p_tenant, v_next + row_number() OVER (ORDER BY new."timestamp", new.id) - 1, new.id, new."timestamp", new.leaf_hash
    FROM new RETURNING position
  ) SELECT count(*), pg_snapshot_xmin(pg_current_snapshot())::text::bigint INTO v_placed, v_before FROM placed;
  RETURN jsonb_build_object('placed', v_placed, 'before', v_before::text, 'refused',
    (SELECT coalesce(jsonb_agg(older.id ORDER BY older.id), '[]') FROM (
      SELECT e.id FROM ledger.audit_entries e
      WHERE e.tenant_id = p_tenant AND (v_since IS NULL OR e.arrived >= v_since) AND e.subject IS NULL
        AND NOT EXISTS (SELECT FROM ledger.tree_leaves l
          WHERE l.tenant_id = p_tenant AND l.entry_id = e.id AND l."timestamp" = e."timestamp")
        AND NOT EXISTS (SELECT FROM ledger.gaps g
          WHERE g.tenant_id = p_tenant AND g.kind = 'entry_without_place' AND g.ref = e.id)
      ORDER BY e.id LIMIT 100) AS older));
END $function$;
ALTER FUNCTION ledger.place(text,boolean,integer) OWNER TO openclaw_ledger_writer;
GRANT EXECUTE ON FUNCTION ledger.place(text,boolean,integer) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.place(text,boolean,integer) TO openclaw_worker;

-- A hold and the entry that says so, or neither.
CREATE OR REPLACE FUNCTION ledger.place_hold(p_tenant text, p_hold jsonb, p_entry jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  INSERT INTO ledger.legal_holds (tenant_id, hold_id, subject, from_at, to_at, sealed_reason, placed_by)
  VALUES (p_tenant, p_hold->>'holdId', p_hold->>'subject', (p_hold->>'from')::timestamptz, (p_hold->>'to')::timestamptz,
    decode(p_hold->>'sealedReason', 'base64'), p_hold->>'placedBy');
  PERFORM ledger.add_entries(p_tenant, jsonb_build_array(p_entry));
END $function$;
ALTER FUNCTION ledger.place_hold(text,jsonb,jsonb) OWNER TO openclaw_ledger_writer;
GRANT EXECUTE ON FUNCTION ledger.place_hold(text,jsonb,jsonb) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.place_hold(text,jsonb,jsonb) TO openclaw_gateway;

-- Position of an entry in the tree; null while it has none.
CREATE OR REPLACE FUNCTION ledger.place_of(p_tenant text, p_entry_id text)
 RETURNS bigint
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT min(position) FROM ledger.tree_leaves WHERE tenant_id = p_tenant AND entry_id = p_entry_id);
END $function$;
ALTER FUNCTION ledger.place_of(text,text) OWNER TO openclaw_ledger_reader;
GRANT EXECUTE ON FUNCTION ledger.place_of(text,text) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.place_of(text,text) TO openclaw_gateway;
GRANT EXECUTE ON FUNCTION ledger.place_of(text,text) TO openclaw_worker;

-- Which of these versions [{id, version, status, at}], as policy@version, no entry tells of, or none as being in force or as ended where they are; what is on record as a gap is left out.
CREATE OR REPLACE FUNCTION ledger.policies_without_entry(p_tenant text, p_versions jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
 SET enable_nestloop TO 'off'
AS $function$
DECLARE
  v_kept timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  WHILE to_regclass('ledger.audit_entries_' || to_char(v_kept - interval '1 month', 'YYYY_MM')) IS NOT NULL LOOP
    v_kept := v_kept - interval '1 month';
  END LOOP;
  RETURN (
    WITH told AS MATERIALIZED (
      SELECT e.event, e.outcome, e."timestamp", e.metadata FROM ledger.audit_entries e
      WHERE e.tenant_id = p_tenant AND e.action_type = 'policy_change' AND e.outcome IN ('success', 'error')
        AND e.metadata ? 'policy_id' AND jsonb_typeof(e.metadata->'version') = 'number'
    ), said AS MATERIALIZED (
      SELECT e.metadata->>'policy_id' AS id, (e.metadata->>'version')::numeric AS version,
        bool_or(e.metadata->>'status' = 'active') AS active, bool_or(e.metadata->>'status' = 'deprecated') AS deprecated
      FROM told e
      WHERE e.outcome = 'success' AND NOT EXISTS (SELECT FROM told w
        WHERE w.outcome = 'error' AND w.event = e.event AND w.metadata = e.metadata
          AND w."timestamp" >= e."timestamp" AND w."timestamp" < e."timestamp" + interval '10 minutes')
      GROUP BY 1, 2
    ), ended AS (
      SELECT id, greatest(max(version) FILTER (WHERE deprecated), max(version) FILTER (WHERE active) - 1) AS through
      FROM said GROUP BY id
    )
    SELECT coalesce(jsonb_agg(v.id || '@' || v.version ORDER BY v.id, v.version), '[]')
    FROM jsonb_to_recordset(p_versions) AS v(id text, version integer, status text, at timestamptz)
      LEFT JOIN said ON said.id = v.id AND said.version = v.version
      LEFT JOIN ended ON ended.id = v.id
    WHERE v.at >= v_kept AT TIME ZONE 'UTC'
      AND (said.id IS NULL OR v.status = 'active' AND said.active IS NOT TRUE
        OR v.status = 'deprecated' AND v.version > coalesce(ended.through, 0))
      AND NOT EXISTS (SELECT FROM ledger.gaps g
        WHERE g.tenant_id = p_tenant AND g.kind = 'policy_without_entry' AND g.ref = v.id || '@' || v.version));
END $function$;
ALTER FUNCTION ledger.policies_without_entry(text,jsonb) OWNER TO openclaw_ledger_reader;
GRANT EXECUTE ON FUNCTION ledger.policies_without_entry(text,jsonb) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.policies_without_entry(text,jsonb) TO openclaw_worker;

-- Entries that say that a version of a policy was made or moved, after one entry and before a time, oldest first: [{id, at, event, metadata, isGap}], isGap = on record as one. Those that a later entry takes back are left out.
CREATE OR REPLACE FUNCTION ledger.policy_changes(p_tenant text, p_after timestamp with time zone, p_after_id text, p_before timestamp with time zone, p_limit integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('id', said.id, 'at', said."timestamp", 'event', said.event,
    'metadata', said.metadata, 'isGap', EXISTS (SELECT FROM ledger.gaps g
      WHERE g.tenant_id = p_tenant AND g.kind = 'entry_without_policy_change' AND g.ref = said.id))
    ORDER BY said."timestamp", said.id), '[]') FROM (
    SELECT e.id, e."timestamp", e.event, e.metadata FROM ledger.audit_entries e
    WHERE e.tenant_id = p_tenant AND e.action_type = 'policy_change' AND e."timestamp" >= p_after
      AND (e."timestamp", e.id) > (p_after, p_after_id) AND e."timestamp" < p_before
      AND e.outcome = 'success' AND e.metadata ? 'policy_id' AND e.metadata ? 'version'
      AND NOT EXISTS (SELECT FROM ledger.audit_entries w WHERE w.tenant_id = p_tenant AND w.action_type = 'policy_change'
        AND w."timestamp" >= e."timestamp" AND w."timestamp" < e."timestamp" + interval '10 minutes'
        AND w.outcome = 'error' AND w.event = e.event AND w.metadata = e.metadata)
    ORDER BY e."timestamp", e.id LIMIT p_limit) AS said);
END $function$;
ALTER FUNCTION ledger.policy_changes(text,timestamp with time zone,text,timestamp with time zone,integer) OWNER TO openclaw_ledger_reader;
GRANT EXECUTE ON FUNCTION ledger.policy_changes(text,timestamp with time zone,text,timestamp with time zone,integer) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.policy_changes(text,timestamp with time zone,text,timestamp with time zone,integer) TO openclaw_worker;

-- One page, newest first: {limit, offset, after: {timestamp, id}, countTo}. The total is counted up to countTo, wholly where that is null, and not at all for 0. Visibility is {kind: tenant | org | own} with subject and userId of who reads, and orgUnit for org.
CREATE OR REPLACE FUNCTION ledger.read_entries(p_tenant text, p_visibility jsonb, p_filters jsonb, p_page jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
DECLARE
  v_limit integer := (p_page->>'limit')::integer;
  v_offset integer := coalesce((p_page->>'offset')::integer, 0);
  v_after timestamptz := (p_page->'after'->>'timestamp')::timestamptz;
  v_after_id text := p_page->'after'->>'id';
  v_total bigint;
  v_entries jsonb;
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  IF v_limit IS NULL OR v_limit NOT BETWEEN 1 AND 1000 OR v_offset < 0 THEN
    RAISE EXCEPTION 'limit or offset out of range' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF p_page->>'countTo' IS DISTINCT FROM '0' THEN
    SELECT count(*) INTO v_total
    FROM (SELECT FROM ledger.matching(p_tenant, p_visibility, p_filters) LIMIT (p_page->>'countTo')::bigint) AS counted;
  END IF;
  IF v_after IS NULL THEN
    SELECT coalesce(jsonb_agg(ledger.entry_json(page) ORDER BY page."timestamp" DESC, page.id DESC), '[]') INTO v_entries
    FROM (
      SELECT * FROM ledger.matching(p_tenant, p_visibility, p_filters)
      ORDER BY "timestamp" DESC, id DESC LIMIT v_limit + 1 OFFSET v_offset
    ) AS page;
  ELSE
    SELECT coalesce(jsonb_agg(ledger.entry_json(page) ORDER BY page."timestamp" DESC, page.id DESC), '[]') INTO v_entries
    FROM (
      SELECT * FROM ledger.matching(p_tenant, p_visibility, p_filters)
      WHERE ("timestamp", id) < (v_after, v_after_id)
      ORDER BY "timestamp" DESC, id DESC LIMIT v_limit + 1 OFFSET v_offset
    ) AS page;
  END IF;
  RETURN jsonb_build_object('total', v_total, 'more', jsonb_array_length(v_entries) > v_limit,
    'entries', CASE WHEN jsonb_array_length(v_entries) > v_limit THEN v_entries - v_limit ELSE v_entries END);
END $function$;
ALTER FUNCTION ledger.read_entries(text,jsonb,jsonb,jsonb) OWNER TO openclaw_ledger_reader;
GRANT EXECUTE ON FUNCTION ledger.read_entries(text,jsonb,jsonb,jsonb) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.read_entries(text,jsonb,jsonb,jsonb) TO openclaw_gateway;
GRANT EXECUTE ON FUNCTION ledger.read_entries(text,jsonb,jsonb,jsonb) TO openclaw_worker;

-- Heads, newest first: the newest, or the last of each day.
CREATE OR REPLACE FUNCTION ledger.read_heads(p_tenant text, p_kind text, p_limit integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  IF p_kind = 'newest' THEN
    RETURN (SELECT coalesce(jsonb_agg(ledger.head_json(h) ORDER BY h.n DESC), '[]')
      FROM (SELECT * FROM ledger.tree_heads WHERE tenant_id = p_tenant ORDER BY n DESC LIMIT p_limit) h);
  END IF;
  -- The last of each day.
  RETURN (SELECT coalesce(jsonb_agg(ledger.head_json(h) ORDER BY h.n DESC), '[]') FROM (
    SELECT * FROM ledger.tree_heads WHERE tenant_id = p_tenant AND n IN (
      SELECT max(n) FROM ledger.tree_heads WHERE tenant_id = p_tenant GROUP BY date_trunc('day', at AT TIME ZONE 'UTC'))
    ORDER BY n DESC LIMIT p_limit) h);
END $function$;
ALTER FUNCTION ledger.read_heads(text,text,integer) OWNER TO openclaw_ledger_reader;
GRANT EXECUTE ON FUNCTION ledger.read_heads(text,text,integer) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.read_heads(text,text,integer) TO openclaw_gateway;
GRANT EXECUTE ON FUNCTION ledger.read_heads(text,text,integer) TO openclaw_worker;

-- Heads from number p_n on, oldest first.
CREATE OR REPLACE FUNCTION ledger.read_heads_from(p_tenant text, p_n bigint, p_limit integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT coalesce(jsonb_agg(ledger.head_json(h) ORDER BY h.n), '[]')
    FROM (SELECT * FROM ledger.tree_heads WHERE tenant_id = p_tenant AND n >= p_n ORDER BY n LIMIT p_limit) h);
END $function$;
ALTER FUNCTION ledger.read_heads_from(text,bigint,integer) OWNER TO openclaw_ledger_reader;
GRANT EXECUTE ON FUNCTION ledger.read_heads_from(text,bigint,integer) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.read_heads_from(text,bigint,integer) TO openclaw_gateway;
GRANT EXECUTE ON FUNCTION ledger.read_heads_from(text,bigint,integer) TO openclaw_worker;

-- Every hold of a tenant, newest first, over or not.
CREATE OR REPLACE FUNCTION ledger.read_holds(p_tenant text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('holdId', h.hold_id, 'subject', h.subject,
      'from', ledger.iso(h.from_at), 'to', ledger.iso(h.to_at),
      'sealedReason', translate(encode(h.sealed_reason, 'base64'), E'\n', ''), 'placedBy', h.placed_by,
      'placedAt', ledger.iso(h.placed_at), 'releasedBy', r.released_by, 'releasedAt', ledger.iso(r.released_at))
      ORDER BY h.hold_id DESC), '[]')
    FROM ledger.legal_holds h LEFT JOIN ledger.legal_hold_releases r
      ON r.tenant_id = h.tenant_id AND r.hold_id = h.hold_id WHERE h.tenant_id = p_tenant);
END $function$;
ALTER FUNCTION ledger.read_holds(text) OWNER TO openclaw_ledger_reader;
GRANT EXECUTE ON FUNCTION ledger.read_holds(text) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.read_holds(text) TO openclaw_gateway;
GRANT EXECUTE ON FUNCTION ledger.read_holds(text) TO openclaw_provisioning;
GRANT EXECUTE ON FUNCTION ledger.read_holds(text) TO openclaw_worker;

-- Entries at positions [p_from, p_to) that match, in order; program_limit_exceeded where several are too large to be read at once, and one that is says nothing.
CREATE OR REPLACE FUNCTION ledger.read_places(p_tenant text, p_filters jsonb, p_from bigint, p_to bigint)
 RETURNS json
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
 SET enable_nestloop TO 'off'
AS $function$
DECLARE
  v_first timestamptz;
  v_last timestamptz;
  v_placed json;
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  IF p_to - p_from NOT BETWEEN 1 AND 10000 THEN
    RAISE EXCEPTION 'range of positions out of range' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT min("timestamp"), max("timestamp") INTO v_first, v_last FROM ledger.tree_leaves
  WHERE tenant_id = p_tenant AND position >= p_from AND position < p_to;
  v_placed := (SELECT coalesce(json_agg(row_to_json(placed)), '[]') FROM (
    SELECT l.position, e.id, e.tenant_id AS "tenantId", e.org_unit AS "orgUnit", e.user_id AS "userId", e.subject,
      to_char(e."timestamp" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "timestamp",
      e.action_type AS "actionType", e.event, e.action_detail AS "actionDetail", encode(e.personal, 'hex') AS personal,
      translate(encode(e.sealed, 'base64'), E'\n', '') AS sealed, e.data_accessed AS "dataAccessed",
      e.model_used AS "modelUsed", e.model_tokens AS "modelTokens", e.data_classification AS "dataClassification",
      e.policy_applied AS "policyApplied", e.policy_result AS "policyResult", e.policy_reason AS "policyReason",
      e.outcome, e.request_id AS "requestId", e.decision_id AS "decisionId", e.metadata,
      encode(e.leaf_hash, 'hex') AS "leafHash"
    FROM ledger.tree_leaves l JOIN ledger.matching(p_tenant, '{"kind": "tenant"}', p_filters) e
      ON e.id = l.entry_id AND e."timestamp" = l."timestamp"
    WHERE l.tenant_id = p_tenant AND l.position >= p_from AND l.position < p_to
      AND e."timestamp" BETWEEN v_first AND v_last
    ORDER BY l.position) AS placed);
  IF octet_length(v_placed::text) <= 33554432 THEN
    RETURN v_placed;
  ELSIF p_to - p_from > 1 THEN
    RAISE EXCEPTION 'the entries of these positions take more than 32 MiB' USING ERRCODE = 'program_limit_exceeded';
  END IF;
  -- None was ever written so large: it was changed, which shows as its leaf, whatever is said of the rest.
  RETURN (SELECT json_build_array(json_build_object('position', l.position, 'id', l.entry_id, 'tenantId', p_tenant, 'orgUnit', '',
      'subject', 'sub_unreadable', 'timestamp', ledger.iso(l."timestamp"), 'actionType', '', 'event', '', 'personal', '', 'sealed', '',
      'dataAccessed', '[]'::json, 'policyApplied', '', 'policyReason', '', 'outcome', '', 'metadata', '{}'::json,
      'leafHash', encode(l.leaf_hash, 'hex')))
    FROM ledger.tree_leaves l WHERE l.tenant_id = p_tenant AND l.position = p_from);
END $function$;
ALTER FUNCTION ledger.read_places(text,jsonb,bigint,bigint) OWNER TO openclaw_ledger_reader;
GRANT EXECUTE ON FUNCTION ledger.read_places(text,jsonb,bigint,bigint) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.read_places(text,jsonb,bigint,bigint) TO openclaw_gateway;
GRANT EXECUTE ON FUNCTION ledger.read_places(text,jsonb,bigint,bigint) TO openclaw_worker;

-- Entries, with or without a decision; false when the dedupe key is on record already.
CREATE OR REPLACE FUNCTION ledger.record(p_tenant text, p_decision jsonb, p_entries jsonb, p_dedupe_key text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  IF p_entries IS NULL OR jsonb_array_length(p_entries) = 0 THEN
    RAISE EXCEPTION 'nothing to record' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF p_dedupe_key IS NOT NULL THEN
    INSERT INTO ledger.dedupe_keys (tenant_id, dedupe_key) VALUES (p_tenant, p_dedupe_key) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
      RETURN false;
    END IF;
  END IF;
  IF p_decision IS NOT NULL THEN
    PERFORM ledger.add_decision(p_tenant, p_decision);
  END IF;
  PERFORM ledger.add_entries(p_tenant, p_entries);
  RETURN true;
END $function$;
ALTER FUNCTION ledger.record(text,jsonb,jsonb,text) OWNER TO openclaw_ledger_writer;
GRANT EXECUTE ON FUNCTION ledger.record(text,jsonb,jsonb,text) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.record(text,jsonb,jsonb,text) TO openclaw_gateway;
GRANT EXECUTE ON FUNCTION ledger.record(text,jsonb,jsonb,text) TO openclaw_provisioning;
GRANT EXECUTE ON FUNCTION ledger.record(text,jsonb,jsonb,text) TO openclaw_worker;

-- A gap and the entry that says so; false when it is on record already.
CREATE OR REPLACE FUNCTION ledger.record_gap(p_tenant text, p_kind text, p_ref text, p_entry jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  -- What is on record as a gap is not told again: nobody may take it off the list without its being told.
  IF p_entry->>'event' IS DISTINCT FROM 'audit.gap_found'
    OR p_entry->'metadata' IS DISTINCT FROM jsonb_build_object('kind', p_kind, 'ref', p_ref)
  THEN
    RAISE EXCEPTION 'the entry does not tell of this gap' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  INSERT INTO ledger.gaps (tenant_id, kind, ref) VALUES (p_tenant, p_kind, p_ref) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM ledger.add_entries(p_tenant, jsonb_build_array(p_entry));
  RETURN true;
END $function$;
ALTER FUNCTION ledger.record_gap(text,text,text,jsonb) OWNER TO openclaw_ledger_writer;
GRANT EXECUTE ON FUNCTION ledger.record_gap(text,text,text,jsonb) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.record_gap(text,text,text,jsonb) TO openclaw_gateway;
GRANT EXECUTE ON FUNCTION ledger.record_gap(text,text,text,jsonb) TO openclaw_worker;

-- Records of one tenant, [{decision, entries, dedupeKey}], all or none: for each whether it was written, false when its dedupe key is on record already or came earlier in the list.
CREATE OR REPLACE FUNCTION ledger.record_together(p_tenant text, p_records jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
  v_new text[];
  v_written jsonb;
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  IF EXISTS (SELECT FROM jsonb_array_elements(p_records) r WHERE coalesce(jsonb_array_length(r->'entries'), 0) = 0) THEN
    RAISE EXCEPTION 'nothing to record' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  -- In one order for all, so that two trips with the same keys don't wait for each other.
  WITH added AS (
    INSERT INTO ledger.dedupe_keys (tenant_id, dedupe_key)
    SELECT DISTINCT p_tenant, r->>'dedupeKey' FROM jsonb_array_elements(p_records) r
    WHERE r->>'dedupeKey' IS NOT NULL ORDER BY 2
    ON CONFLICT DO NOTHING RETURNING dedupe_key
  ) SELECT coalesce(array_agg(dedupe_key), '{}') INTO v_new FROM added;
  -- Of several with the same key the first is written.
  SELECT jsonb_agg(r.dedupe_key IS NULL OR (r.dedupe_key = ANY (v_new) AND r.nth = 1) ORDER BY r.n) INTO v_written
  FROM (SELECT n, r->>'dedupeKey' AS dedupe_key, row_number() OVER (PARTITION BY r->>'dedupeKey' ORDER BY n) AS nth
    FROM jsonb_array_elements(p_records) WITH ORDINALITY AS e(r, n)) AS r;
  INSERT INTO ledger.decisions (tenant_id, decision_id, request_id, run_id, verdict, rules, input, digest, at)
  SELECT p_tenant, d->>'decisionId', d->>'requestId', d->>'runId', d->>'verdict', d->'rules', d->'input', d->>'digest',
    (d->>'at')::timestamptz
  FROM (SELECT r->'decision' AS d FROM jsonb_array_elements(p_records) WITH ORDINALITY AS e(r, n)
    WHERE jsonb_typeof(r->'decision') = 'object' AND (v_written->>(n - 1)::integer)::boolean) AS decided;
  PERFORM ledger.add_entries(p_tenant, entries) FROM (
    SELECT jsonb_agg(entry ORDER BY n) AS entries
    FROM jsonb_array_elements(p_records) WITH ORDINALITY AS e(r, n), jsonb_array_elements(r->'entries') AS entry
    WHERE (v_written->>(n - 1)::integer)::boolean) AS written
  WHERE entries IS NOT NULL;
  RETURN v_written;
END $function$;
ALTER FUNCTION ledger.record_together(text,jsonb) OWNER TO openclaw_ledger_writer;
GRANT EXECUTE ON FUNCTION ledger.record_together(text,jsonb) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.record_together(text,jsonb) TO openclaw_gateway;
GRANT EXECUTE ON FUNCTION ledger.record_together(text,jsonb) TO openclaw_provisioning;
GRANT EXECUTE ON FUNCTION ledger.record_together(text,jsonb) TO openclaw_worker;

-- Refuses UPDATE, DELETE and TRUNCATE for everybody, the owner and superusers included.
CREATE OR REPLACE FUNCTION ledger.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  RAISE EXCEPTION 'ledger.% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $function$;
ALTER FUNCTION ledger.refuse_change() OWNER TO openclaw_ledger_owner;

-- Ends a hold, with its entry; false when there is none, or it is over.
CREATE OR REPLACE FUNCTION ledger.release_hold(p_tenant text, p_hold_id text, p_released_by text, p_entry jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  INSERT INTO ledger.legal_hold_releases (tenant_id, hold_id, released_by)
  SELECT p_tenant, p_hold_id, p_released_by FROM ledger.legal_holds WHERE tenant_id = p_tenant AND hold_id = p_hold_id
  ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM ledger.add_entries(p_tenant, jsonb_build_array(p_entry));
  RETURN true;
END $function$;
ALTER FUNCTION ledger.release_hold(text,text,text,jsonb) OWNER TO openclaw_ledger_writer;
GRANT EXECUTE ON FUNCTION ledger.release_hold(text,text,text,jsonb) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.release_hold(text,text,text,jsonb) TO openclaw_gateway;

-- Which of these effects have no entry that says that they succeeded; what is on record as a gap is left out.
CREATE OR REPLACE FUNCTION ledger.runs_without_success(p_tenant text, p_runs jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT coalesce(jsonb_agg(run.run_id), '[]')
    FROM jsonb_array_elements_text(p_runs) AS run(run_id)
    WHERE NOT EXISTS (SELECT FROM ledger.audit_entries e WHERE e.tenant_id = p_tenant
        AND e.request_id = split_part(run.run_id, '/', 1) AND e.outcome = 'success' AND e.metadata->>'run_id' = run.run_id)
      AND NOT EXISTS (SELECT FROM ledger.gaps g
        WHERE g.tenant_id = p_tenant AND g.kind = 'done_without_success' AND g.ref = run.run_id));
END $function$;
ALTER FUNCTION ledger.runs_without_success(text,jsonb) OWNER TO openclaw_ledger_reader;
GRANT EXECUTE ON FUNCTION ledger.runs_without_success(text,jsonb) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.runs_without_success(text,jsonb) TO openclaw_worker;

-- Trigger (statement level, so that it holds per partition and for no rows too) and forced row-level security.
CREATE OR REPLACE FUNCTION ledger.seal(p_table regclass)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change()', p_table);
  EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only', p_table);
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', p_table);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', p_table);
END $function$;
ALTER FUNCTION ledger.seal(regclass) OWNER TO openclaw_ledger_owner;

-- Like ledger.place, for a worker of the release before during an upgrade; what it says of time counts for nothing.
CREATE OR REPLACE FUNCTION ledger.sequence(p_tenant text, p_since timestamp with time zone, p_limit integer)
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  SELECT (ledger.place(p_tenant, p_since IS NULL, p_limit)->>'placed')::integer
$function$;
ALTER FUNCTION ledger.sequence(text,timestamp with time zone,integer) OWNER TO openclaw_ledger_writer;
GRANT EXECUTE ON FUNCTION ledger.sequence(text,timestamp with time zone,integer) TO openclaw_app;

-- How long ago the newest head was recorded, in milliseconds (null without one), and an entry that has waited for its place longer than p_late_ms (null when none has).
CREATE OR REPLACE FUNCTION ledger.tree_delays(p_tenant text, p_late_ms bigint)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_late interval := p_late_ms * interval '1 millisecond';
  v_since bigint;
  v_head timestamptz;
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  SELECT placed_before, coalesce(recorded_at, at) INTO v_since, v_head
  FROM ledger.tree_heads WHERE tenant_id = p_tenant ORDER BY n DESC LIMIT 1;
  IF v_since > pg_snapshot_xmin(pg_current_snapshot())::text::bigint THEN
    v_since := NULL;
  END IF;
  RETURN jsonb_build_object(
    'headMs', abs(round(extract(epoch FROM v_now - v_head) * 1000)),
    'entryId', (SELECT e.id FROM ledger.audit_entries e
      WHERE e.tenant_id = p_tenant AND (v_since IS NULL OR e.arrived >= v_since) AND e.subject IS NOT NULL
        AND e.recorded_at NOT BETWEEN v_now - v_late AND v_now + v_late
        AND NOT EXISTS (SELECT FROM ledger.tree_leaves l
          WHERE l.tenant_id = p_tenant AND l.entry_id = e.id AND l."timestamp" = e."timestamp")
      LIMIT 1));
END $function$;
ALTER FUNCTION ledger.tree_delays(text,bigint) OWNER TO openclaw_ledger_reader;
GRANT EXECUTE ON FUNCTION ledger.tree_delays(text,bigint) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.tree_delays(text,bigint) TO openclaw_gateway;
GRANT EXECUTE ON FUNCTION ledger.tree_delays(text,bigint) TO openclaw_worker;

-- Leaves at positions [p_from, p_to) whose entry is gone or has another leaf hash; nothing when all is well.
CREATE OR REPLACE FUNCTION ledger.tree_differences(p_tenant text, p_from bigint, p_to bigint, p_limit integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
 SET enable_nestloop TO 'off'
AS $function$
DECLARE
  v_oldest timestamptz := (ledger.tree_state(p_tenant)->>'expiredBefore')::timestamptz;
  v_first timestamptz;
  v_last timestamptz;
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  SELECT min("timestamp"), max("timestamp") INTO v_first, v_last FROM ledger.tree_leaves
  WHERE tenant_id = p_tenant AND position >= p_from AND position < p_to;
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('entryId', d.entry_id, 'position', d.position, 'kind', d.kind)
      ORDER BY d.position), '[]')
    FROM (SELECT l.entry_id, l.position, CASE WHEN e.id IS NULL THEN 'gone' ELSE 'changed' END AS kind
      FROM ledger.tree_leaves l LEFT JOIN ledger.audit_entries e
        ON e.tenant_id = p_tenant AND e.id = l.entry_id AND e."timestamp" = l."timestamp"
        AND e."timestamp" BETWEEN v_first AND v_last
      WHERE l.tenant_id = p_tenant AND l.position >= p_from AND l.position < p_to AND l."timestamp" >= v_oldest
        AND e.leaf_hash IS DISTINCT FROM l.leaf_hash
      ORDER BY l.position LIMIT p_limit) d);
END $function$;
ALTER FUNCTION ledger.tree_differences(text,bigint,bigint,integer) OWNER TO openclaw_ledger_reader;
GRANT EXECUTE ON FUNCTION ledger.tree_differences(text,bigint,bigint,integer) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.tree_differences(text,bigint,bigint,integer) TO openclaw_worker;

-- Hashes of a stored level one after the other; level 0 are the leaves.
CREATE OR REPLACE FUNCTION ledger.tree_hashes(p_tenant text, p_level integer, p_from bigint, p_count integer)
 RETURNS bytea
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  IF p_count NOT BETWEEN 1 AND 65536 THEN
    RAISE EXCEPTION 'count out of range' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF p_level = 0 THEN
    RETURN (SELECT coalesce(string_agg(leaf_hash, '' ORDER BY position), '') FROM ledger.tree_leaves
      WHERE tenant_id = p_tenant AND position >= p_from AND position < p_from + p_count);
  END IF;
  RETURN (SELECT coalesce(string_agg(hash, '' ORDER BY index), '') FROM ledger.tree_nodes
    WHERE tenant_id = p_tenant AND level = p_level AND index >= p_from AND index < p_from + p_count);
END $function$;
ALTER FUNCTION ledger.tree_hashes(text,integer,bigint,integer) OWNER TO openclaw_ledger_reader;
GRANT EXECUTE ON FUNCTION ledger.tree_hashes(text,integer,bigint,integer) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.tree_hashes(text,integer,bigint,integer) TO openclaw_gateway;
GRANT EXECUTE ON FUNCTION ledger.tree_hashes(text,integer,bigint,integer) TO openclaw_worker;

-- How far the tree goes, its newest head, its key statements, and the time by the server's clock; expiredLeaves: the first so many may have no entry any more, since months before expiredBefore are gone.
CREATE OR REPLACE FUNCTION ledger.tree_state(p_tenant text)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
  v_oldest timestamptz := (SELECT min(to_date(right(c.relname, 7), 'YYYY_MM'))::timestamp AT TIME ZONE 'UTC'
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'ledger.audit_entries'::regclass);
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN jsonb_build_object(
    'at', ledger.iso(clock_timestamp()),
    'leaves', (SELECT coalesce(max(position) + 1, 0) FROM ledger.tree_leaves WHERE tenant_id = p_tenant),
    'expiredLeaves', (SELECT coalesce(max(position) + 1, 0) FROM ledger.tree_leaves
      WHERE tenant_id = p_tenant AND "timestamp" < v_oldest),
    'expiredBefore', ledger.iso(v_oldest),
    'head', (SELECT ledger.head_json(h) FROM ledger.tree_heads h WHERE h.tenant_id = p_tenant ORDER BY h.n DESC LIMIT 1),
    'keys', (SELECT coalesce(jsonb_agg(jsonb_build_object('claims', jsonb_build_object('kind', 'audit-key', 'tenantId', tenant_id,
        'keyId', introduced, 'publicKey', encode(public_key, 'hex'), 'at', ledger.iso(at)), 'keyId', key_id, 'signature', signature)
      ORDER BY at, introduced), '[]') FROM ledger.tree_keys WHERE tenant_id = p_tenant));
END $function$;
ALTER FUNCTION ledger.tree_state(text) OWNER TO openclaw_ledger_reader;
GRANT EXECUTE ON FUNCTION ledger.tree_state(text) TO openclaw_app;
GRANT EXECUTE ON FUNCTION ledger.tree_state(text) TO openclaw_gateway;
GRANT EXECUTE ON FUNCTION ledger.tree_state(text) TO openclaw_worker;

-- Who sees the entries of an event besides the tenant's readers: unit = the unit's and the person who acted, own = that person, tenant = nobody. A connector's is work; of ours, what is unknown is the tenant's.
CREATE OR REPLACE FUNCTION ledger.view_of(p_event text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  SELECT CASE
    WHEN p_event IN ('request.created', 'request.withdrawn', 'request.outcome_resolved', 'request.failed',
      'approval.voted', 'approval.expired', 'approval.read', 'classification.overridden', 'model.called', 'model.rerouted',
      'session.opened', 'session.closed', 'session.refused', 'rights.withdrawn', 'rights.vote_void') THEN 'unit'
    WHEN p_event IN ('audit.read', 'policy.created', 'policy.updated', 'policy.activated', 'policy.deprecated',
      'policy.rolled_back', 'policy.canary_started', 'policy.canary_ended', 'policy.impact_previewed', 'policy.explained',
      'session.read', 'session.revoked') THEN 'own'
    WHEN split_part(p_event, '.', 1) IN ('request', 'approval', 'classification', 'model', 'audit', 'content', 'user_data',
      'legal_hold', 'policy', 'tenant', 'secret', 'workflow', 'keys', 'session', 'rights') THEN 'tenant'
    WHEN p_event ~ '^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$' THEN 'unit'
    ELSE 'tenant' END
$function$;
ALTER FUNCTION ledger.view_of(text) OWNER TO openclaw_ledger_reader;
