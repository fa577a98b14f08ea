-- What each tenant has in the main database, here acme, as the migrations leave it.
-- Written by `npm run schema`, compared by a test, never run. What names no owner belongs to whoever migrated; what
-- no line grants is granted to nobody.

CREATE ROLE openclaw_t_acme NOLOGIN NOINHERIT;
GRANT openclaw_t_acme TO openclaw_app WITH INHERIT FALSE, SET TRUE;
GRANT openclaw_t_acme TO openclaw_gateway WITH INHERIT FALSE, SET TRUE;
GRANT openclaw_t_acme TO openclaw_provisioning WITH INHERIT FALSE, SET TRUE;
GRANT openclaw_t_acme TO openclaw_worker WITH INHERIT FALSE, SET TRUE;

CREATE SCHEMA tenant_acme;
GRANT USAGE ON SCHEMA tenant_acme TO openclaw_t_acme;

-- Signed votes, insert-only; the columns hold exactly what was signed.
CREATE TABLE tenant_acme.approval_votes (
  -- Also the id of the workflow update, so that a repeated click is the same vote.
  vote_id text NOT NULL,
  approval_id text NOT NULL,
  round integer NOT NULL,
  choice text NOT NULL,
  -- Decision digest that the voter was shown.
  digest text NOT NULL,
  user_id text NOT NULL,
  -- Role of the voter when voting; org_unit likewise.
  role text NOT NULL,
  org_unit text NOT NULL,
  reason_ref text,
  -- When the gateway took the vote.
  at timestamp with time zone NOT NULL,
  -- Key of the gateway's Ed25519 signature.
  key_id text NOT NULL,
  -- Base64url, over the canonical JSON of the vote.
  signature text NOT NULL,
  -- Version of what was signed; null = the first, which did not say so.
  version integer,
  CONSTRAINT approval_votes_pkey PRIMARY KEY (vote_id),
  CONSTRAINT approval_votes_approval_id_fkey FOREIGN KEY (approval_id) REFERENCES tenant_acme.approvals(id),
  CONSTRAINT approval_votes_reason_ref_fkey FOREIGN KEY (reason_ref) REFERENCES tenant_acme.content(id),
  CONSTRAINT approval_votes_choice_check CHECK ((choice = ANY (ARRAY['approve'::text, 'reject'::text, 'withdraw'::text]))),
  CONSTRAINT approval_votes_role_check CHECK ((role = ANY (ARRAY['user'::text, 'team_lead'::text, 'org_admin'::text, 'enterprise_admin'::text])))
);
CREATE INDEX approval_votes_by_reason ON tenant_acme.approval_votes USING btree (reason_ref) WHERE (reason_ref IS NOT NULL);
CREATE INDEX approval_votes_of_approval ON tenant_acme.approval_votes USING btree (approval_id, vote_id);
CREATE TRIGGER approval_votes_erase_only BEFORE UPDATE ON tenant_acme.approval_votes FOR EACH ROW EXECUTE FUNCTION tenant_acme.erase_only();
ALTER TABLE tenant_acme.approval_votes ENABLE ALWAYS TRIGGER approval_votes_erase_only;
CREATE TRIGGER approval_votes_insert_only BEFORE DELETE OR TRUNCATE ON tenant_acme.approval_votes FOR EACH STATEMENT EXECUTE FUNCTION tenant_acme.refuse_change();
ALTER TABLE tenant_acme.approval_votes ENABLE ALWAYS TRIGGER approval_votes_insert_only;
GRANT INSERT, SELECT ON TABLE tenant_acme.approval_votes TO openclaw_t_acme;

-- What people are asked, and what came of it. The workflow decides; this is what lists and pages read.
CREATE TABLE tenant_acme.approvals (
  id text NOT NULL,
  request_id text NOT NULL,
  n integer NOT NULL,
  -- Name of the effect, <request_id>/<n>, with ~<sending> from the second sending on.
  run_id text NOT NULL,
  -- From 1; void votes open a new round.
  round integer NOT NULL,
  -- domain/approval.ts; consumed = its effect was claimed, stale = policy or action changed after the vote.
  state text NOT NULL,
  requester_id text NOT NULL,
  requester_org_unit text NOT NULL,
  -- Least role that may decide.
  approver_role text NOT NULL,
  -- Unit that an approver's unit has to cover.
  approver_org_unit text NOT NULL,
  action text NOT NULL,
  target text NOT NULL,
  -- What would be done, exactly, as the approver sees it.
  preview_ref text NOT NULL,
  -- Decision digest that the votes are bound to.
  digest text NOT NULL,
  -- Why it needs a human.
  reason text NOT NULL,
  -- pol_…@version, joined by comma.
  policy_applied text NOT NULL,
  -- Decision in the ledger that asked for it.
  decision_id text NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  decided_at timestamp with time zone,
  -- The person (sub claim); null when time decided.
  decided_by text,
  -- What the person said.
  decision_reason_ref text,
  -- Why people are asked once more, domain/approval/approval.ts; null = they are asked for the first time.
  asked_again text,
  CONSTRAINT approvals_pkey PRIMARY KEY (id),
  CONSTRAINT approvals_run_id_round_key UNIQUE (run_id, round),
  CONSTRAINT approvals_decision_reason_ref_fkey FOREIGN KEY (decision_reason_ref) REFERENCES tenant_acme.content(id),
  CONSTRAINT approvals_preview_ref_fkey FOREIGN KEY (preview_ref) REFERENCES tenant_acme.content(id),
  CONSTRAINT approvals_request_id_n_fkey FOREIGN KEY (request_id, n) REFERENCES tenant_acme.request_actions(request_id, n),
  CONSTRAINT approvals_approver_role_check CHECK ((approver_role = ANY (ARRAY['user'::text, 'team_lead'::text, 'org_admin'::text, 'enterprise_admin'::text]))),
  CONSTRAINT approvals_asked_again_check CHECK ((asked_again = ANY (ARRAY['vote_void'::text, 'named_time'::text, 'send_again'::text, 'lost'::text]))),
  CONSTRAINT approvals_round_check CHECK ((round >= 1)),
  CONSTRAINT approvals_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'approved'::text, 'rejected'::text, 'withdrawn'::text, 'expired'::text, 'stale'::text, 'consumed'::text])))
);
CREATE INDEX approvals_by_preview ON tenant_acme.approvals USING btree (preview_ref);
CREATE INDEX approvals_by_reason ON tenant_acme.approvals USING btree (decision_reason_ref) WHERE (decision_reason_ref IS NOT NULL);
CREATE INDEX approvals_by_state ON tenant_acme.approvals USING btree (state, id DESC);
CREATE INDEX approvals_of_action ON tenant_acme.approvals USING btree (request_id, n);
CREATE INDEX approvals_of_requester ON tenant_acme.approvals USING btree (requester_id, id DESC);
CREATE TRIGGER approvals_tell_insert AFTER INSERT ON tenant_acme.approvals FOR EACH ROW EXECUTE FUNCTION tenant_acme.tell_approval_change();
CREATE TRIGGER approvals_tell_update AFTER UPDATE OF state ON tenant_acme.approvals FOR EACH ROW WHEN ((old.state IS DISTINCT FROM new.state)) EXECUTE FUNCTION tenant_acme.tell_approval_change();
GRANT INSERT, SELECT, UPDATE (decided_at, decided_by, decision_reason_ref, expires_at, state) ON TABLE tenant_acme.approvals TO openclaw_t_acme;

-- What administrators said of single items; the newest row of an item and unit counts.
CREATE TABLE tenant_acme.classification_overrides (
  -- Order of the rows.
  seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  -- Source and item: github:acme/website#7.
  item_id text NOT NULL,
  -- Whom it holds for: this unit and below; empty = everybody.
  org_unit text NOT NULL,
  -- The label before.
  previous text NOT NULL,
  classification text NOT NULL,
  reason_ref text NOT NULL,
  -- The administrator (sub claim), or erased:sub_….
  override_by text NOT NULL,
  -- From when it holds.
  override_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT classification_overrides_pkey PRIMARY KEY (seq),
  CONSTRAINT classification_overrides_reason_ref_fkey FOREIGN KEY (reason_ref) REFERENCES tenant_acme.content(id),
  CONSTRAINT classification_overrides_classification_check CHECK ((classification = ANY (ARRAY['public'::text, 'internal'::text, 'confidential'::text, 'restricted'::text]))),
  CONSTRAINT classification_overrides_item_id_check CHECK ((item_id ~ '^[a-z][a-z0-9_-]{0,39}:\S.{0,255}$'::text)),
  CONSTRAINT classification_overrides_previous_check CHECK ((previous = ANY (ARRAY['public'::text, 'internal'::text, 'confidential'::text, 'restricted'::text])))
);
CREATE INDEX classification_overrides_by_reason ON tenant_acme.classification_overrides USING btree (reason_ref);
CREATE INDEX classification_overrides_newest ON tenant_acme.classification_overrides USING btree (item_id, org_unit, seq DESC);
CREATE TRIGGER classification_overrides_erase_only BEFORE UPDATE ON tenant_acme.classification_overrides FOR EACH ROW EXECUTE FUNCTION tenant_acme.erase_only();
ALTER TABLE tenant_acme.classification_overrides ENABLE ALWAYS TRIGGER classification_overrides_erase_only;
CREATE TRIGGER classification_overrides_insert_only BEFORE DELETE OR TRUNCATE ON tenant_acme.classification_overrides FOR EACH STATEMENT EXECUTE FUNCTION tenant_acme.refuse_change();
ALTER TABLE tenant_acme.classification_overrides ENABLE ALWAYS TRIGGER classification_overrides_insert_only;
GRANT INSERT, SELECT ON TABLE tenant_acme.classification_overrides TO openclaw_t_acme;

CREATE SEQUENCE tenant_acme.classification_overrides_seq_seq;

-- Texts, inputs, results and previews: encrypted, immutable; everything else refers to them by id.
CREATE TABLE tenant_acme.content (
  id text NOT NULL,
  -- What the row is for; the bytes open only as tenant|id|purpose.
  purpose text NOT NULL,
  -- The person it belongs to (sub claim).
  owner_id text NOT NULL,
  classification text NOT NULL,
  -- AES-256-GCM envelope around the JSON text (platform/crypto/envelope.ts); holds the id of its key.
  sealed bytea NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT content_pkey PRIMARY KEY (id),
  CONSTRAINT content_classification_check CHECK ((classification = ANY (ARRAY['public'::text, 'internal'::text, 'confidential'::text, 'restricted'::text]))),
  CONSTRAINT content_id_check CHECK ((id ~ '^cnt_[0-9A-HJKMNP-TV-Z]{26}$'::text))
);
CREATE INDEX content_reasons ON tenant_acme.content USING btree (created_at) WHERE ((purpose = 'decision_reason'::text) AND (sealed <> '\x00'::bytea));
CREATE TRIGGER content_erase_only BEFORE UPDATE ON tenant_acme.content FOR EACH ROW EXECUTE FUNCTION tenant_acme.erase_only();
ALTER TABLE tenant_acme.content ENABLE ALWAYS TRIGGER content_erase_only;
CREATE TRIGGER content_insert_only BEFORE DELETE OR TRUNCATE ON tenant_acme.content FOR EACH STATEMENT EXECUTE FUNCTION tenant_acme.refuse_change();
ALTER TABLE tenant_acme.content ENABLE ALWAYS TRIGGER content_insert_only;
GRANT INSERT, SELECT ON TABLE tenant_acme.content TO openclaw_t_acme;

-- Erasures of people: what was asked for, and what came of it.
CREATE TABLE tenant_acme.erasures (
  id text NOT NULL,
  -- Whom; null once nothing is held back.
  user_id text,
  -- The person's name in the audit log; null when it knows none.
  subject text,
  -- Subject of the admin.
  requested_by text NOT NULL,
  -- Why, in the admin's words.
  reason_ref text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  finished_at timestamp with time zone,
  -- What was erased, what is held back and why (governance/erase-person.ts).
  result jsonb,
  CONSTRAINT erasures_pkey PRIMARY KEY (id),
  CONSTRAINT erasures_reason_ref_fkey FOREIGN KEY (reason_ref) REFERENCES tenant_acme.content(id),
  CONSTRAINT erasures_subject_fkey FOREIGN KEY (subject) REFERENCES tenant_acme.subjects(subject),
  CONSTRAINT erasures_check CHECK (
CASE
    WHEN (finished_at IS NULL) THEN (user_id IS NOT NULL)
    ELSE (result IS NOT NULL)
END),
  CONSTRAINT erasures_id_check CHECK ((id ~ '^ers_[0-9A-HJKMNP-TV-Z]{26}$'::text))
);
CREATE UNIQUE INDEX erasures_one_running ON tenant_acme.erasures USING btree (user_id) WHERE (finished_at IS NULL);
GRANT INSERT, SELECT, UPDATE (finished_at, result, subject, user_id) ON TABLE tenant_acme.erasures TO openclaw_t_acme;

-- What the provider can be asked with whether a person still has their rights, while they are away too.
CREATE TABLE tenant_acme.grants (
  id text NOT NULL,
  user_id text NOT NULL,
  -- A browser's sign-in: its refresh token, or the access token where there is none; bearer: what the person called with last.
  kind text NOT NULL,
  -- The token, encrypted, bound to tenant, person, purpose and id.
  sealed bytea NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  -- When the provider was last asked with it and answered.
  used_at timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone NOT NULL,
  -- Who is asking just now: a refresh token may be used once only.
  lease text,
  -- When that one is taken to have died.
  leased_until timestamp with time zone,
  -- SHA-256 (hex) of the provider's own name for the sign-in (sid); null where it tells none.
  provider_session text,
  -- Given for asking while the person is away (offline_access): it outlives their sign-out.
  offline boolean NOT NULL DEFAULT false,
  CONSTRAINT grants_pkey PRIMARY KEY (id),
  CONSTRAINT grants_id_check CHECK ((id ~ '^grt_[0-9A-HJKMNP-TV-Z]{26}$'::text)),
  CONSTRAINT grants_kind_check CHECK ((kind = ANY (ARRAY['refresh'::text, 'access'::text, 'bearer'::text])))
);
CREATE INDEX grants_by_expiry ON tenant_acme.grants USING btree (expires_at);
CREATE INDEX grants_of_person ON tenant_acme.grants USING btree (user_id, used_at DESC);
CREATE INDEX grants_of_sign_in ON tenant_acme.grants USING btree (provider_session) WHERE (provider_session IS NOT NULL);
CREATE UNIQUE INDEX grants_one_bearer ON tenant_acme.grants USING btree (user_id) WHERE (kind = 'bearer'::text);
GRANT DELETE, INSERT, SELECT, UPDATE (expires_at, lease, leased_until, sealed, used_at) ON TABLE tenant_acme.grants TO openclaw_t_acme;

-- Items whose content was found to be more confidential than their source says, as last seen.
CREATE TABLE tenant_acme.item_labels (
  -- Source and item: github:acme/website#7.
  item_id text NOT NULL,
  -- The word of the source.
  original_level text NOT NULL,
  classification text NOT NULL,
  -- What was found: payment_card, credential. Never the text.
  reasons jsonb NOT NULL,
  -- When this was found last, to the month; at once where it was found to be different.
  seen_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT item_labels_pkey PRIMARY KEY (item_id),
  CONSTRAINT item_labels_classification_check CHECK ((classification = ANY (ARRAY['public'::text, 'internal'::text, 'confidential'::text, 'restricted'::text]))),
  CONSTRAINT item_labels_original_level_check CHECK ((original_level = ANY (ARRAY['public'::text, 'internal'::text, 'confidential'::text, 'restricted'::text]))),
  CONSTRAINT item_labels_reasons_check CHECK ((jsonb_typeof(reasons) = 'array'::text))
);
GRANT INSERT, SELECT, UPDATE (classification, original_level, reasons, seen_at) ON TABLE tenant_acme.item_labels TO openclaw_t_acme;

-- One row per call of a model, however often it is tried.
CREATE TABLE tenant_acme.model_calls (
  -- Names the call across retries: <request>/plan.
  call_id text NOT NULL,
  -- The day that it counts for, UTC.
  day text NOT NULL,
  user_id text NOT NULL,
  org_unit text NOT NULL,
  -- Tokens held for the try that is under way; 0 when none is.
  reserved bigint NOT NULL,
  -- Tokens that the model said were used, all tries together.
  used bigint NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT model_calls_pkey PRIMARY KEY (call_id),
  CONSTRAINT model_calls_reserved_check CHECK ((reserved >= 0)),
  CONSTRAINT model_calls_used_check CHECK ((used >= 0))
);
CREATE INDEX model_calls_by_day ON tenant_acme.model_calls USING btree (day);
GRANT INSERT, SELECT, UPDATE (day, reserved, used) ON TABLE tenant_acme.model_calls TO openclaw_t_acme;

-- Tokens of one day, reserved and used, counted for everybody, for each unit and for each person.
CREATE TABLE tenant_acme.model_usage (
  -- UTC.
  day text NOT NULL,
  -- tenant, unit:<slash path>, user:<sub claim>, user:erased:sub_….
  scope text NOT NULL,
  -- Sum of the reservations under way and of what finished calls used.
  tokens bigint NOT NULL,
  CONSTRAINT model_usage_pkey PRIMARY KEY (day, scope),
  CONSTRAINT model_usage_day_check CHECK ((day ~ '^\d{4}-\d{2}-\d{2}$'::text)),
  CONSTRAINT model_usage_tokens_check CHECK ((tokens >= 0))
);
GRANT INSERT, SELECT, UPDATE (tokens) ON TABLE tenant_acme.model_usage TO openclaw_t_acme;

-- Who was seen, with the rights that the identity provider stated last.
CREATE TABLE tenant_acme.people (
  -- The sub claim.
  user_id text NOT NULL,
  email text,
  name text,
  role text NOT NULL,
  org_unit text NOT NULL,
  -- When the provider stated role and unit.
  stated_at timestamp with time zone NOT NULL,
  -- Last use, to the minute.
  seen_at timestamp with time zone NOT NULL DEFAULT now(),
  -- Back-channel logout; lifted by a statement that is newer.
  revoked_at timestamp with time zone,
  -- When the provider was asked for the rights last and gave them; what it said before counts no more.
  confirmed_at timestamp with time zone,
  -- When the provider was asked and gave none; lifted when it gives some again.
  withdrawn_at timestamp with time zone,
  -- Back-channel logout: tokens and sessions of sign-ins up to then never count again.
  not_before timestamp with time zone,
  CONSTRAINT people_pkey PRIMARY KEY (user_id),
  CONSTRAINT people_role_check CHECK ((role = ANY (ARRAY['user'::text, 'team_lead'::text, 'org_admin'::text, 'enterprise_admin'::text])))
);
CREATE TRIGGER people_tell_rights AFTER UPDATE OF role, org_unit, revoked_at, withdrawn_at, not_before ON tenant_acme.people FOR EACH ROW WHEN ((((((old.role IS DISTINCT FROM new.role) OR (old.org_unit IS DISTINCT FROM new.org_unit)) OR (old.revoked_at IS DISTINCT FROM new.revoked_at)) OR (old.withdrawn_at IS DISTINCT FROM new.withdrawn_at)) OR (old.not_before IS DISTINCT FROM new.not_before))) EXECUTE FUNCTION tenant_acme.tell_rights_change();
GRANT INSERT, SELECT, UPDATE (confirmed_at, email, name, not_before, org_unit, revoked_at, role, seen_at, stated_at, withdrawn_at) ON TABLE tenant_acme.people TO openclaw_t_acme;

-- Policies as data, every version; at most one is active per domain and position.
CREATE TABLE tenant_acme.policies (
  id text NOT NULL,
  version integer NOT NULL,
  name text NOT NULL,
  domain text NOT NULL,
  level text NOT NULL,
  -- Slash path, for org and team.
  org_unit text,
  -- The person (sub claim), for level user.
  user_id text,
  -- draft, then active, then deprecated; the only column that ever changes.
  status text NOT NULL,
  rules jsonb NOT NULL,
  -- Ceiling within which levels below may set their values; null = the value itself.
  may_grant jsonb,
  change_reason text NOT NULL,
  created_by text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  -- The version whose content it took over, in whole or in part.
  based_on integer,
  -- Key of the signature; null = nothing proves who wrote it.
  key_id text,
  -- Ed25519 over tenant and everything but the status, by a process that holds the signing key.
  signature text,
  CONSTRAINT policies_pkey PRIMARY KEY (id, version),
  CONSTRAINT policies_check CHECK (
CASE level
    WHEN 'enterprise'::text THEN ((org_unit IS NULL) AND (user_id IS NULL))
    WHEN 'user'::text THEN (user_id IS NOT NULL)
    ELSE ((org_unit IS NOT NULL) AND (user_id IS NULL))
END),
  CONSTRAINT policies_check1 CHECK (((based_on >= 1) AND (based_on <= (version - 1)))),
  CONSTRAINT policies_check2 CHECK ((num_nulls(key_id, signature) = ANY (ARRAY[0, 2]))),
  CONSTRAINT policies_check3 CHECK (((octet_length((rules)::text) + COALESCE(octet_length((may_grant)::text), 0)) <= 1048576)) NOT VALID,
  CONSTRAINT policies_check4 CHECK (((length(id) <= 64) AND (length(name) <= 1000) AND (length(change_reason) <= 10000) AND (length(created_by) <= 1000) AND (length(org_unit) <= 1000) AND (length(user_id) <= 1000))) NOT VALID,
  CONSTRAINT policies_created_at_check CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at <= '9999-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID,
  CONSTRAINT policies_domain_check CHECK ((domain = ANY (ARRAY['models'::text, 'actions'::text, 'integrations'::text, 'agent_to_agent'::text, 'features'::text, 'data'::text, 'audit'::text]))),
  CONSTRAINT policies_key_id_check CHECK (((length(key_id) >= 1) AND (length(key_id) <= 64))),
  CONSTRAINT policies_level_check CHECK ((level = ANY (ARRAY['enterprise'::text, 'org'::text, 'team'::text, 'user'::text]))),
  CONSTRAINT policies_may_grant_check CHECK ((jsonb_typeof(may_grant) = 'object'::text)),
  CONSTRAINT policies_rules_check CHECK ((jsonb_typeof(rules) = 'object'::text)),
  CONSTRAINT policies_signature_check CHECK (((length(signature) >= 1) AND (length(signature) <= 200))),
  CONSTRAINT policies_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'active'::text, 'deprecated'::text]))),
  CONSTRAINT policies_version_check CHECK ((version >= 1))
);
CREATE INDEX policies_by_position ON tenant_acme.policies USING btree (domain, level, org_unit);
CREATE UNIQUE INDEX policies_one_active ON tenant_acme.policies USING btree (domain, level, COALESCE(org_unit, ''::text), COALESCE(user_id, ''::text)) WHERE (status = 'active'::text);
CREATE INDEX policies_without_proof ON tenant_acme.policies USING btree (id, version) WHERE (signature IS NULL);
CREATE TRIGGER policies_guard_status BEFORE UPDATE ON tenant_acme.policies FOR EACH ROW WHEN ((new.status <> old.status)) EXECUTE FUNCTION tenant_acme.guard_policy_status();
CREATE TRIGGER policies_guard_version BEFORE INSERT OR UPDATE ON tenant_acme.policies FOR EACH ROW EXECUTE FUNCTION tenant_acme.guard_policy_version();
CREATE TRIGGER policies_move_revision_insert AFTER INSERT ON tenant_acme.policies FOR EACH ROW WHEN ((new.status = 'active'::text)) EXECUTE FUNCTION tenant_acme.move_policy_revision();
CREATE TRIGGER policies_move_revision_update AFTER UPDATE ON tenant_acme.policies FOR EACH ROW WHEN ((((old.status = 'active'::text) OR (new.status = 'active'::text)) AND ((old.status <> new.status) OR (NOT (old.signature IS DISTINCT FROM new.signature))))) EXECUTE FUNCTION tenant_acme.move_policy_revision();
GRANT INSERT, SELECT, UPDATE (key_id, signature, status) ON TABLE tenant_acme.policies TO openclaw_t_acme;

-- Drafts that hold for a few people first, in place of what is active at their position. Part of the signed set.
CREATE TABLE tenant_acme.policy_canaries (
  policy_id text NOT NULL,
  version integer NOT NULL,
  -- For whom (sub claims).
  user_ids jsonb NOT NULL,
  CONSTRAINT policy_canaries_pkey PRIMARY KEY (policy_id),
  CONSTRAINT policy_canaries_policy_id_version_fkey FOREIGN KEY (policy_id, version) REFERENCES tenant_acme.policies(id, version),
  CONSTRAINT policy_canaries_user_ids_check CHECK (((jsonb_typeof(user_ids) = 'array'::text) AND ((jsonb_array_length(user_ids) >= 1) AND (jsonb_array_length(user_ids) <= 100))))
);
CREATE TRIGGER policy_canaries_move_revision AFTER INSERT OR DELETE OR UPDATE ON tenant_acme.policy_canaries FOR EACH ROW EXECUTE FUNCTION tenant_acme.move_policy_revision();
GRANT DELETE, INSERT, SELECT ON TABLE tenant_acme.policy_canaries TO openclaw_t_acme;

-- That a policy was ended; any row that verifies says so, and none is ever removed.
CREATE TABLE tenant_acme.policy_ends (
  policy_id text NOT NULL,
  -- Its newest version then.
  version integer NOT NULL,
  -- Key of the signature.
  key_id text NOT NULL,
  -- Ed25519 over tenant, policy and version.
  signature text NOT NULL,
  CONSTRAINT policy_ends_key_id_check CHECK (((length(key_id) >= 1) AND (length(key_id) <= 64))),
  CONSTRAINT policy_ends_signature_check CHECK (((length(signature) >= 1) AND (length(signature) <= 200)))
);
CREATE INDEX policy_ends_by_policy ON tenant_acme.policy_ends USING btree (policy_id, version);
GRANT INSERT, SELECT ON TABLE tenant_acme.policy_ends TO openclaw_t_acme;

-- Which decisions somebody saw the impact of a change on: confirming it means those, not later ones.
CREATE TABLE tenant_acme.policy_previews (
  -- prv_ and 26 characters.
  preview_id text NOT NULL,
  -- SHA-256 of the change and of what it changes for people.
  digest text NOT NULL,
  -- Decisions from this time on.
  from_at timestamp with time zone NOT NULL,
  -- When it was looked at.
  to_at timestamp with time zone NOT NULL,
  -- Decisions after this id, which is from_at in the form of one.
  after_decision text NOT NULL,
  -- The newest decision then; null = there was none.
  last_decision text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  -- Key of the signature; null = confirms nothing.
  key_id text,
  -- Ed25519 over tenant and everything else.
  signature text,
  CONSTRAINT policy_previews_pkey PRIMARY KEY (preview_id),
  CONSTRAINT policy_previews_check CHECK ((num_nulls(key_id, signature) = ANY (ARRAY[0, 2]))),
  CONSTRAINT policy_previews_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text))
);
CREATE INDEX policy_previews_by_digest ON tenant_acme.policy_previews USING btree (digest, created_at DESC);
GRANT DELETE, INSERT, SELECT ON TABLE tenant_acme.policy_previews TO openclaw_t_acme;

-- One row: a number that moves with every change of an active policy.
CREATE TABLE tenant_acme.policy_revision (
  -- Always true, so that there is one row.
  one_row boolean NOT NULL DEFAULT true,
  revision bigint NOT NULL,
  -- SHA-256 of the active policies as they were signed.
  digest text,
  -- Key of the signature; null = never signed.
  key_id text,
  -- Ed25519 over tenant, revision, digest and time, by a process that holds the signing key.
  signature text,
  -- When it was signed.
  signed_at timestamp with time zone,
  -- When versions from before there were signatures got theirs; from then on none gets one later.
  versions_signed_at timestamp with time zone,
  CONSTRAINT policy_revision_pkey PRIMARY KEY (one_row),
  CONSTRAINT policy_revision_check CHECK ((num_nulls(digest, key_id, signature, signed_at) = ANY (ARRAY[0, 4]))),
  CONSTRAINT policy_revision_one_row_check CHECK (one_row)
);
CREATE TRIGGER policy_revision_guard BEFORE UPDATE ON tenant_acme.policy_revision FOR EACH ROW EXECUTE FUNCTION tenant_acme.guard_policy_revision();
GRANT SELECT, UPDATE (digest, key_id, revision, signature, signed_at, versions_signed_at) ON TABLE tenant_acme.policy_revision TO openclaw_t_acme;

-- One row: how policies of the tenant are changed.
CREATE TABLE tenant_acme.policy_settings (
  -- Always true, so that there is one row.
  one_row boolean NOT NULL DEFAULT true,
  -- Which changes have to name the digest of their impact.
  change_review text NOT NULL DEFAULT 'off'::text,
  -- Rises with every change.
  n bigint NOT NULL DEFAULT 0,
  -- Key of the signature; null = never set, which is as shipped.
  key_id text,
  -- Ed25519 over tenant, n and what is set.
  signature text,
  CONSTRAINT policy_settings_pkey PRIMARY KEY (one_row),
  CONSTRAINT policy_settings_change_review_check CHECK ((change_review = ANY (ARRAY['off'::text, 'widening'::text, 'all'::text]))),
  CONSTRAINT policy_settings_check CHECK ((num_nulls(key_id, signature) = ANY (ARRAY[0, 2]))),
  CONSTRAINT policy_settings_n_check CHECK ((n >= 0)),
  CONSTRAINT policy_settings_one_row_check CHECK (one_row)
);
CREATE TRIGGER policy_settings_guard BEFORE UPDATE ON tenant_acme.policy_settings FOR EACH ROW EXECUTE FUNCTION tenant_acme.guard_policy_settings();
GRANT SELECT, UPDATE (change_review, key_id, n, signature) ON TABLE tenant_acme.policy_settings TO openclaw_t_acme;

-- The planned actions of a request, in order, and how far each got.
CREATE TABLE tenant_acme.request_actions (
  request_id text NOT NULL,
  -- Position within the request, from 1; <request_id>/<n> names the effect.
  n integer NOT NULL,
  -- Goes up when a person says "send again"; from 2 on it is part of the effect's name.
  sending integer NOT NULL DEFAULT 1,
  -- Id in the registry of actions, for example github_issue_comment.
  action text NOT NULL,
  connector text NOT NULL,
  effect text NOT NULL,
  -- What it acts on, for people; never a body.
  target text NOT NULL,
  input_ref text NOT NULL,
  -- SHA-256 (hex) of the input's canonical JSON.
  input_digest text NOT NULL,
  -- Whether its values come from the requester or from outside content.
  origin text NOT NULL,
  -- domain/request.ts; a final state never changes.
  state text NOT NULL,
  -- Of the input at first, of the data touched once known.
  classification text NOT NULL,
  -- What policy said last.
  verdict text,
  -- Why, in words, for people.
  reason text,
  -- pol_…@version, joined by comma.
  policy_applied text,
  -- The newest approval that was asked for it.
  approval_id text,
  result_ref text,
  -- Code of domain/error.ts.
  error_code text,
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  -- From when on the provider may be called again; null = no wait. Of an action that has ended: the time that was named.
  waits_until timestamp with time zone,
  -- Why it waits: code of domain/error.ts.
  waits_for text,
  -- send = nothing was sent, and it will be then; look = it may have been sent, and is looked for then; null = it has ended.
  waits_to text,
  -- That this installation planned this action (stores/request/genuine.ts); null in older rows.
  proof bytea,
  -- Was there before rows carried proofs.
  from_before boolean NOT NULL DEFAULT false,
  CONSTRAINT request_actions_pkey PRIMARY KEY (request_id, n),
  CONSTRAINT request_actions_input_ref_fkey FOREIGN KEY (input_ref) REFERENCES tenant_acme.content(id),
  CONSTRAINT request_actions_request_id_fkey FOREIGN KEY (request_id) REFERENCES tenant_acme.requests(id),
  CONSTRAINT request_actions_result_ref_fkey FOREIGN KEY (result_ref) REFERENCES tenant_acme.content(id),
  CONSTRAINT request_actions_classification_check CHECK ((classification = ANY (ARRAY['public'::text, 'internal'::text, 'confidential'::text, 'restricted'::text]))),
  CONSTRAINT request_actions_effect_check CHECK ((effect = ANY (ARRAY['read'::text, 'write'::text, 'destructive'::text]))),
  CONSTRAINT request_actions_n_check CHECK ((n >= 1)),
  CONSTRAINT request_actions_origin_check CHECK ((origin = ANY (ARRAY['user'::text, 'outside'::text]))),
  CONSTRAINT request_actions_sending_check CHECK ((sending >= 1)),
  CONSTRAINT request_actions_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'waiting_approval'::text, 'done'::text, 'denied'::text, 'rejected'::text, 'expired'::text, 'stale'::text, 'withdrawn'::text, 'failed'::text, 'outcome_unknown'::text]))),
  CONSTRAINT request_actions_verdict_check CHECK ((verdict = ANY (ARRAY['deny'::text, 'require_approval'::text, 'notify'::text, 'allow'::text]))),
  CONSTRAINT request_actions_waits_to_check CHECK ((waits_to = ANY (ARRAY['send'::text, 'look'::text])))
);
CREATE INDEX request_actions_by_input ON tenant_acme.request_actions USING btree (input_ref);
CREATE INDEX request_actions_by_result ON tenant_acme.request_actions USING btree (result_ref) WHERE (result_ref IS NOT NULL);
CREATE TRIGGER request_actions_tell_wait AFTER UPDATE OF waits_until ON tenant_acme.request_actions FOR EACH ROW WHEN ((old.waits_until IS DISTINCT FROM new.waits_until)) EXECUTE FUNCTION tenant_acme.tell_wait_change();
GRANT INSERT (action, approval_id, classification, connector, effect, error_code, input_digest, input_ref, n, origin, policy_applied, proof, reason, request_id, result_ref, sending, state, target, updated_at, verdict, waits_for, waits_to, waits_until), SELECT, UPDATE (approval_id, classification, error_code, policy_applied, reason, result_ref, sending, state, updated_at, verdict, waits_for, waits_to, waits_until) ON TABLE tenant_acme.request_actions TO openclaw_t_acme;

-- One row per request; the outbox of its workflow: a row in state received is started by the sweeper.
CREATE TABLE tenant_acme.requests (
  id text NOT NULL,
  -- The requester (sub claim).
  user_id text NOT NULL,
  -- Role of the requester when asking.
  role text NOT NULL,
  -- Org unit of the requester when asking.
  org_unit text NOT NULL,
  -- From the caller; the same key with another body is refused.
  idempotency_key text NOT NULL,
  -- SHA-256 (hex) of the canonical body.
  body_digest text NOT NULL,
  -- What the person wrote.
  text_ref text NOT NULL,
  -- domain/request.ts; a final state never changes.
  state text NOT NULL,
  -- Label of the planner that proposed the actions.
  planner text,
  -- Answer and suggestions for a text that was not understood.
  answer_ref text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  -- When its workflow was first seen to run.
  started_at timestamp with time zone,
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  finished_at timestamp with time zone,
  -- When its contents were deleted because they were past their retention; null = not yet.
  content_deleted_at timestamp with time zone,
  -- That this installation wrote who asked for what (stores/request/genuine.ts); null in older rows.
  proof bytea,
  -- Was there before rows carried proofs.
  from_before boolean NOT NULL DEFAULT false,
  CONSTRAINT requests_pkey PRIMARY KEY (id),
  CONSTRAINT requests_user_id_idempotency_key_key UNIQUE (user_id, idempotency_key),
  CONSTRAINT requests_answer_ref_fkey FOREIGN KEY (answer_ref) REFERENCES tenant_acme.content(id),
  CONSTRAINT requests_text_ref_fkey FOREIGN KEY (text_ref) REFERENCES tenant_acme.content(id),
  CONSTRAINT requests_role_check CHECK ((role = ANY (ARRAY['user'::text, 'team_lead'::text, 'org_admin'::text, 'enterprise_admin'::text]))),
  CONSTRAINT requests_state_check CHECK ((state = ANY (ARRAY['received'::text, 'running'::text, 'queued'::text, 'outcome_unknown'::text, 'answered'::text, 'denied'::text, 'rejected'::text, 'expired'::text, 'stale'::text, 'withdrawn'::text, 'failed'::text])))
);
CREATE INDEX requests_by_answer ON tenant_acme.requests USING btree (answer_ref) WHERE (answer_ref IS NOT NULL);
CREATE INDEX requests_by_state ON tenant_acme.requests USING btree (state, id DESC);
CREATE INDEX requests_by_text ON tenant_acme.requests USING btree (text_ref);
CREATE INDEX requests_of_person ON tenant_acme.requests USING btree (user_id, id DESC);
CREATE INDEX requests_unstarted ON tenant_acme.requests USING btree (created_at) WHERE (state = 'received'::text);
CREATE INDEX requests_with_content ON tenant_acme.requests USING btree (org_unit, finished_at) WHERE (content_deleted_at IS NULL);
CREATE TRIGGER requests_date_end BEFORE INSERT OR UPDATE OF finished_at ON tenant_acme.requests FOR EACH ROW EXECUTE FUNCTION tenant_acme.date_request_end();
ALTER TABLE tenant_acme.requests ENABLE ALWAYS TRIGGER requests_date_end;
CREATE TRIGGER requests_tell_insert AFTER INSERT ON tenant_acme.requests FOR EACH ROW EXECUTE FUNCTION tenant_acme.tell_request_change();
CREATE TRIGGER requests_tell_update AFTER UPDATE OF state ON tenant_acme.requests FOR EACH ROW WHEN ((old.state IS DISTINCT FROM new.state)) EXECUTE FUNCTION tenant_acme.tell_request_change();
GRANT INSERT (answer_ref, body_digest, content_deleted_at, created_at, finished_at, id, idempotency_key, org_unit, planner, proof, role, started_at, state, text_ref, updated_at, user_id), SELECT, UPDATE (answer_ref, finished_at, planner, started_at, state, updated_at) ON TABLE tenant_acme.requests TO openclaw_t_acme;

-- The random names that the audit log knows people by, and the key of what it says of each.
CREATE TABLE tenant_acme.subjects (
  -- sub_ and 26 characters.
  subject text NOT NULL,
  -- The person (sub claim); null once erased.
  user_id text,
  -- Key of the person's audit entries, sealed with the tenant's key; destroyed by erasure.
  sealed_key bytea,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  -- When the key was destroyed.
  erased_at timestamp with time zone,
  CONSTRAINT subjects_pkey PRIMARY KEY (subject),
  CONSTRAINT subjects_user_id_key UNIQUE (user_id),
  CONSTRAINT subjects_check CHECK (
CASE
    WHEN (erased_at IS NULL) THEN ((user_id IS NOT NULL) AND (sealed_key IS NOT NULL))
    ELSE ((user_id IS NULL) AND (sealed_key IS NULL))
END),
  CONSTRAINT subjects_subject_check CHECK ((subject ~ '^sub_[0-9A-HJKMNP-TV-Z]{26}$'::text))
);
GRANT INSERT, SELECT ON TABLE tenant_acme.subjects TO openclaw_t_acme;

-- Has a request ended in every part, and does none of these holds [{userId, from, to}] cover it?
CREATE OR REPLACE FUNCTION tenant_acme.content_may_go(p_request tenant_acme.requests, p_held jsonb)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'tenant_acme', 'pg_temp'
AS $function$
  SELECT p_request.finished_at IS NOT NULL
    AND p_request.state NOT IN ('received', 'running', 'queued', 'outcome_unknown')
    AND NOT EXISTS (SELECT FROM request_actions a
      WHERE a.request_id = p_request.id AND a.state IN ('waiting_approval', 'outcome_unknown'))
    AND NOT EXISTS (SELECT FROM approvals a WHERE a.request_id = p_request.id AND a.state = 'pending')
    AND NOT request_is_held(p_request, p_held)
$function$;
GRANT EXECUTE ON FUNCTION tenant_acme.content_may_go(tenant_acme.requests,jsonb) TO openclaw_t_acme;

-- Ids of all contents that these requests refer to.
CREATE OR REPLACE FUNCTION tenant_acme.contents_of(p_requests text[])
 RETURNS SETOF text
 LANGUAGE sql
 STABLE ROWS 10
 SET search_path TO 'tenant_acme', 'pg_temp'
AS $function$
  SELECT unnest(ARRAY[text_ref, answer_ref]) FROM requests WHERE id = ANY (p_requests)
  UNION SELECT unnest(ARRAY[input_ref, result_ref]) FROM request_actions WHERE request_id = ANY (p_requests)
  UNION SELECT unnest(ARRAY[preview_ref, decision_reason_ref]) FROM approvals WHERE request_id = ANY (p_requests)
  UNION SELECT v.reason_ref FROM approval_votes v JOIN approvals a ON a.id = v.approval_id
    WHERE a.request_id = ANY (p_requests)
$function$;
GRANT EXECUTE ON FUNCTION tenant_acme.contents_of(text[]) TO openclaw_t_acme;

-- Whoever is not the owner of the table sets finished_at to now, whatever they say, and never again.
CREATE OR REPLACE FUNCTION tenant_acme.date_request_end()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  IF pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.finished_at IS NOT NULL THEN
    NEW.finished_at := OLD.finished_at;
  ELSIF NEW.finished_at IS NOT NULL THEN
    NEW.finished_at := clock_timestamp();
  END IF;
  RETURN NEW;
END $function$;

-- Deletes the contents of those of these requests that ended before a time, but for held ones [{userId, from, to}]; says how many contents, and how many requests have none left. Safe to repeat.
CREATE OR REPLACE FUNCTION tenant_acme.delete_content(p_requests text[], p_before timestamp with time zone, p_held jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenant_acme', 'pg_temp'
AS $function$
DECLARE
  v_requests text[];
  v_contents integer;
  v_emptied integer;
BEGIN
  IF p_before IS NULL OR p_before > now() - interval '1 day' OR jsonb_typeof(p_held) IS DISTINCT FROM 'array' THEN
    RAISE EXCEPTION 'the content of a request stays for a day after its end' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT coalesce(array_agg(id), '{}') INTO v_requests FROM (
    SELECT id FROM requests r WHERE id = ANY (p_requests) AND finished_at < p_before AND content_deleted_at IS NULL
      AND content_may_go(r, p_held)
    ORDER BY id FOR UPDATE) AS ended;
  UPDATE content SET sealed = '\x00' WHERE id = ANY (ARRAY(SELECT contents_of(v_requests)))
    AND sealed <> '\x00' AND created_at < p_before AND NOT is_needed_elsewhere(id, v_requests, p_before, p_held);
  GET DIAGNOSTICS v_contents = ROW_COUNT;
  -- One of whose contents something is left is looked at again the next time.
  UPDATE requests SET content_deleted_at = now() WHERE id = ANY (v_requests) AND NOT EXISTS (
    SELECT FROM contents_of(ARRAY[requests.id]) AS kept JOIN content c ON c.id = kept WHERE c.sealed <> '\x00');
  GET DIAGNOSTICS v_emptied = ROW_COUNT;
  RETURN jsonb_build_object('requests', v_emptied, 'contents', v_contents);
END $function$;
GRANT EXECUTE ON FUNCTION tenant_acme.delete_content(text[],timestamp with time zone,jsonb) TO openclaw_t_acme;

-- Deletes those of these reasons that nothing refers to and that were given before a time, but for held ones; says how many. Safe to repeat.
CREATE OR REPLACE FUNCTION tenant_acme.delete_loose_reasons(p_reasons text[], p_before timestamp with time zone, p_held jsonb)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenant_acme', 'pg_temp'
AS $function$
DECLARE
  v_reasons integer;
BEGIN
  IF p_before IS NULL OR p_before > now() - interval '1 day' OR jsonb_typeof(p_held) IS DISTINCT FROM 'array' THEN
    RAISE EXCEPTION 'a reason stays for a day' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  UPDATE content c SET sealed = '\x00' WHERE id = ANY (p_reasons) AND created_at < p_before AND is_loose_reason(c, p_held);
  GET DIAGNOSTICS v_reasons = ROW_COUNT;
  RETURN v_reasons;
END $function$;
GRANT EXECUTE ON FUNCTION tenant_acme.delete_loose_reasons(text[],timestamp with time zone,jsonb) TO openclaw_t_acme;

-- Erases results of reads that people of these units asked for before a time, but for those of held requests [{userId, from, to}]; says how many.
CREATE OR REPLACE FUNCTION tenant_acme.erase_ephemeral(p_units text[], p_before timestamp with time zone, p_held jsonb, p_limit integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenant_acme', 'pg_temp'
AS $function$
DECLARE
  v_erased integer;
BEGIN
  IF p_before IS NULL OR p_before > now() - interval '1 hour' THEN
    RAISE EXCEPTION 'nothing is ephemeral within its first hour' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  UPDATE content SET sealed = '\x00' WHERE id IN (
    SELECT c.id FROM requests r JOIN request_actions a ON a.request_id = r.id JOIN content c ON c.id = a.result_ref
    WHERE r.org_unit = ANY (p_units) AND r.content_deleted_at IS NULL
      AND a.effect = 'read' AND a.state = 'done'
      AND c.purpose = 'action_result' AND c.created_at < p_before AND c.sealed <> '\x00'
      AND NOT EXISTS (SELECT FROM request_actions w WHERE w.result_ref = c.id AND (w.effect <> 'read' OR w.state <> 'done'))
      AND NOT EXISTS (SELECT FROM requests_of(c.id) AS whose JOIN requests o ON o.id = whose WHERE request_is_held(o, p_held))
    LIMIT p_limit);
  GET DIAGNOSTICS v_erased = ROW_COUNT;
  RETURN v_erased;
END $function$;
GRANT EXECUTE ON FUNCTION tenant_acme.erase_ephemeral(text[],timestamp with time zone,jsonb,integer) TO openclaw_t_acme;

-- The only change of an insert-only row: its value gives way to the mark of erasure, its person to erased:sub_….
CREATE OR REPLACE FUNCTION tenant_acme.erase_only()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET bytea_output TO 'hex'
AS $function$
DECLARE
  v_new jsonb := to_jsonb(NEW);
  v_old jsonb := to_jsonb(OLD);
BEGIN
  IF TG_TABLE_NAME = 'content' AND v_new->>'sealed' = '\x00' AND v_new - '{sealed, owner_id}'::text[] = v_old - '{sealed, owner_id}'::text[]
    AND (v_new->>'owner_id' = v_old->>'owner_id' OR starts_with(v_new->>'owner_id', 'erased:'))
  THEN
    RETURN NEW;
  END IF;
  IF TG_TABLE_NAME = 'approval_votes' AND starts_with(v_new->>'user_id', 'erased:') AND v_new - 'user_id' = v_old - 'user_id' THEN
    RETURN NEW;
  END IF;
  IF TG_TABLE_NAME = 'classification_overrides' AND starts_with(v_new->>'override_by', 'erased:')
    AND v_new - 'override_by' = v_old - 'override_by'
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '%.% is insert-only', TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $function$;

-- Erases a person's contents, names and sessions but for what was made in held spans; says how many of each are erased by now, how many sessions ended, how many contents are held. Safe to repeat.
CREATE OR REPLACE FUNCTION tenant_acme.erase_person(p_user_id text, p_alias text, p_held jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenant_acme', 'pg_temp'
AS $function$
DECLARE
  v_sessions integer;
BEGIN
  IF p_alias !~ '^erased:(sub|ers)_[0-9A-HJKMNP-TV-Z]{26}$' OR p_user_id IS NULL OR jsonb_typeof(p_held) IS DISTINCT FROM 'array' THEN
    RAISE EXCEPTION 'not a mark of erasure' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM FROM people WHERE user_id = p_user_id FOR UPDATE;
  IF EXISTS (SELECT FROM requests WHERE user_id = p_user_id AND state IN ('received', 'running', 'queued', 'outcome_unknown')) THEN
    RAISE EXCEPTION 'a request of the person is still open' USING ERRCODE = 'object_in_use';
  END IF;
  IF EXISTS (SELECT FROM approval_votes v JOIN approvals a ON a.id = v.approval_id WHERE v.user_id = p_user_id AND a.state = 'pending') THEN
    RAISE EXCEPTION 'a vote of the person still counts' USING ERRCODE = 'object_in_use';
  END IF;
  UPDATE request_actions SET target = '(erased)', input_digest = '' WHERE request_id IN (
    SELECT id FROM requests WHERE user_id = p_user_id AND NOT is_held(created_at, p_held));
  UPDATE content SET sealed = '\x00', owner_id = p_alias WHERE owner_id = p_user_id AND NOT is_held(created_at, p_held);
  UPDATE requests SET user_id = p_alias, idempotency_key = id, body_digest = '' WHERE user_id = p_user_id AND NOT is_held(created_at, p_held);
  UPDATE approvals SET requester_id = p_alias, target = '(erased)' WHERE requester_id = p_user_id AND NOT is_held(created_at, p_held);
  UPDATE approvals SET decided_by = p_alias WHERE decided_by = p_user_id AND NOT is_held(created_at, p_held);
  UPDATE approval_votes SET user_id = p_alias WHERE user_id = p_user_id AND NOT is_held(at, p_held);
  UPDATE model_calls SET user_id = p_alias WHERE user_id = p_user_id AND NOT is_held(at, p_held);
  WITH theirs AS (
    DELETE FROM model_usage WHERE scope = 'user:' || p_user_id AND NOT is_day_held(day, p_held) RETURNING day, tokens
  )
  INSERT INTO model_usage AS known (day, scope, tokens) SELECT day, 'user:' || p_alias, tokens FROM theirs
  ON CONFLICT (day, scope) DO UPDATE SET tokens = known.tokens + excluded.tokens;
  UPDATE classification_overrides SET override_by = p_alias WHERE override_by = p_user_id AND NOT is_held(override_at, p_held);
  DELETE FROM openclaw.sessions WHERE tenant_id = substr(current_schema(), 8) AND user_id = p_user_id;
  GET DIAGNOSTICS v_sessions = ROW_COUNT;
  IF v_sessions > 0 THEN
    -- Under a hold the person stays known, so that no change of rights tells the gateways (stores/sessions.ts).
    PERFORM pg_notify('openclaw_rights', json_build_object('tenant', substr(current_schema(), 8), 'user_id', p_user_id)::text);
  END IF;
  DELETE FROM grants WHERE user_id = p_user_id;
  IF p_held = '[]' THEN
    -- First told to those who remember the person's rights, then gone.
    UPDATE people SET revoked_at = now(), email = NULL, name = NULL WHERE user_id = p_user_id;
    DELETE FROM people WHERE user_id = p_user_id;
  END IF;
  -- One that came in since the first look may have been taken for an old one: then nothing of this happened.
  IF EXISTS (SELECT FROM requests WHERE user_id IN (p_user_id, p_alias) AND state IN ('received', 'running', 'queued', 'outcome_unknown')) THEN
    RAISE EXCEPTION 'a request of the person came in meanwhile' USING ERRCODE = 'object_in_use';
  END IF;
  RETURN jsonb_build_object(
    'contents', (SELECT count(*) FROM content WHERE owner_id = p_alias),
    'requests', (SELECT count(*) FROM requests WHERE user_id = p_alias),
    'approvals', (SELECT count(*) FROM approvals WHERE requester_id = p_alias),
    'votes', (SELECT count(*) FROM approval_votes WHERE user_id = p_alias),
    'sessions', v_sessions,
    'held', (SELECT count(*) FROM content WHERE owner_id = p_user_id));
END $function$;
GRANT EXECUTE ON FUNCTION tenant_acme.erase_person(text,text,jsonb) TO openclaw_t_acme;

-- Destroys the key of a person's audit entries, for ever; false when it is gone already.
CREATE OR REPLACE FUNCTION tenant_acme.erase_subject(p_subject text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenant_acme', 'pg_temp'
AS $function$
BEGIN
  UPDATE subjects SET user_id = NULL, sealed_key = NULL, erased_at = now() WHERE subject = p_subject AND erased_at IS NULL;
  RETURN FOUND;
END $function$;
GRANT EXECUTE ON FUNCTION tenant_acme.erase_subject(text) TO openclaw_t_acme;

-- Deletes labels of items that were not read since a time, but for those under a hold of the whole tenant; says how many.
CREATE OR REPLACE FUNCTION tenant_acme.forget_item_labels(p_before timestamp with time zone, p_held jsonb)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenant_acme', 'pg_temp'
AS $function$
DECLARE
  v_labels integer;
BEGIN
  IF p_before > now() - interval '60 days' THEN
    RAISE EXCEPTION 'labels of two months stay' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  DELETE FROM item_labels WHERE seen_at < p_before AND NOT EXISTS (SELECT FROM jsonb_array_elements(p_held) AS hold
    WHERE hold->>'userId' IS NULL AND is_held(seen_at, jsonb_build_array(hold)));
  GET DIAGNOSTICS v_labels = ROW_COUNT;
  RETURN v_labels;
END $function$;
GRANT EXECUTE ON FUNCTION tenant_acme.forget_item_labels(timestamp with time zone,jsonb) TO openclaw_t_acme;

-- Deletes calls of models made before a time and token counts of days before a day, but for held ones [{userId, from, to}]; says how many rows.
CREATE OR REPLACE FUNCTION tenant_acme.forget_model_use(p_before timestamp with time zone, p_first_day text, p_held jsonb)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'tenant_acme', 'pg_temp'
AS $function$
DECLARE
  v_calls integer;
  v_days integer;
BEGIN
  IF p_before > now() - interval '7 days' OR p_first_day > to_char(now() AT TIME ZONE 'UTC' - interval '31 days', 'YYYY-MM-DD') THEN
    RAISE EXCEPTION 'calls of a week and counts of a month stay' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  DELETE FROM model_calls WHERE at < p_before AND NOT EXISTS (SELECT FROM jsonb_array_elements(p_held) AS hold
    WHERE (hold->>'userId' IS NULL OR hold->>'userId' = user_id) AND is_held(at, jsonb_build_array(hold)));
  GET DIAGNOSTICS v_calls = ROW_COUNT;
  DELETE FROM model_usage WHERE day < p_first_day AND NOT EXISTS (SELECT FROM jsonb_array_elements(p_held) AS hold
    WHERE (hold->>'userId' IS NULL OR 'user:' || (hold->>'userId') = scope) AND is_day_held(day, jsonb_build_array(hold)));
  GET DIAGNOSTICS v_days = ROW_COUNT;
  RETURN v_calls + v_days;
END $function$;
GRANT EXECUTE ON FUNCTION tenant_acme.forget_model_use(timestamp with time zone,text,jsonb) TO openclaw_t_acme;

-- An older signed set cannot be put back, and what lost its signature is not signed anew; nor are older versions, twice.
CREATE OR REPLACE FUNCTION tenant_acme.guard_policy_revision()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  -- One step at a time, so that nobody uses up the numbers.
  IF NEW.revision NOT IN (OLD.revision, OLD.revision + 1) THEN
    RAISE EXCEPTION 'the revision of policies never goes back, nor far ahead' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.signature IS NOT NULL AND NEW.signature IS NULL THEN
    RAISE EXCEPTION 'policies that were signed stay signed' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.versions_signed_at IS NOT NULL AND NEW.versions_signed_at IS DISTINCT FROM OLD.versions_signed_at THEN
    RAISE EXCEPTION 'versions from before signatures were signed once' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $function$;

-- Settings that were signed before cannot be put back.
CREATE OR REPLACE FUNCTION tenant_acme.guard_policy_settings()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  -- One step at a time, so that nobody uses up the numbers.
  IF NEW.n NOT IN (OLD.n, OLD.n + 1) THEN
    RAISE EXCEPTION 'settings of policies never go back, nor far ahead' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.signature IS NOT NULL AND NEW.signature IS NULL THEN
    RAISE EXCEPTION 'settings that were signed stay signed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $function$;

-- draft, then active, then deprecated; never back.
CREATE OR REPLACE FUNCTION tenant_acme.guard_policy_status()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  IF OLD.status = 'deprecated' OR (OLD.status = 'active' AND NEW.status = 'draft') THEN
    RAISE EXCEPTION 'a policy goes from draft to active to deprecated, not from % to %', OLD.status, NEW.status
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $function$;

-- A version begins as a draft or in force; only its status moves, and its proof is added once.
CREATE OR REPLACE FUNCTION tenant_acme.guard_policy_version()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
  moving constant text[] := '{status,key_id,signature}';
  were_signed boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status NOT IN ('draft', 'active') THEN
      RAISE EXCEPTION 'a version of a policy begins as a draft or in force, not as %', NEW.status
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving THEN
    RAISE EXCEPTION 'what a version of a policy says never changes' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.signature IS NOT NULL AND (NEW.key_id, NEW.signature) IS DISTINCT FROM (OLD.key_id, OLD.signature) THEN
    EXECUTE format('SELECT versions_signed_at IS NOT NULL FROM %I.policy_revision', TG_TABLE_SCHEMA) INTO were_signed;
    IF were_signed THEN
      RAISE EXCEPTION 'a version of a policy is signed once' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $function$;

-- Does a part of a day (UTC, YYYY-MM-DD) lie in one of these spans [{from, to}]?
CREATE OR REPLACE FUNCTION tenant_acme.is_day_held(p_day text, p_held jsonb)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  SELECT EXISTS (SELECT FROM jsonb_array_elements(p_held) AS hold
    WHERE (p_day || 'T00:00Z')::timestamptz + interval '1 day' > coalesce((hold->>'from')::timestamptz, '-infinity')
      AND (p_day || 'T00:00Z')::timestamptz < coalesce((hold->>'to')::timestamptz, 'infinity'))
$function$;

-- Does a time lie in one of these spans [{from, to}]?
CREATE OR REPLACE FUNCTION tenant_acme.is_held(p_at timestamp with time zone, p_held jsonb)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  SELECT EXISTS (SELECT FROM jsonb_array_elements(p_held) AS hold
    WHERE p_at >= coalesce((hold->>'from')::timestamptz, '-infinity') AND p_at < coalesce((hold->>'to')::timestamptz, 'infinity'))
$function$;
GRANT EXECUTE ON FUNCTION tenant_acme.is_held(timestamp with time zone,jsonb) TO openclaw_t_acme;

-- Is it a reason that belongs to no vote, erasure or label, and that none of these holds [{userId, from, to}] covers?
CREATE OR REPLACE FUNCTION tenant_acme.is_loose_reason(p_content tenant_acme.content, p_held jsonb)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'tenant_acme', 'pg_temp'
AS $function$
  SELECT p_content.purpose = 'decision_reason' AND p_content.sealed <> '\x00'
    AND NOT EXISTS (SELECT FROM approval_votes WHERE reason_ref = p_content.id)
    AND NOT EXISTS (SELECT FROM approvals WHERE decision_reason_ref = p_content.id)
    AND NOT EXISTS (SELECT FROM erasures WHERE reason_ref = p_content.id)
    AND NOT EXISTS (SELECT FROM classification_overrides WHERE reason_ref = p_content.id)
    AND NOT EXISTS (SELECT FROM jsonb_array_elements(p_held) AS hold
      WHERE (hold->>'userId' IS NULL OR hold->>'userId' = p_content.owner_id)
        AND is_held(p_content.created_at, jsonb_build_array(hold)))
$function$;
GRANT EXECUTE ON FUNCTION tenant_acme.is_loose_reason(tenant_acme.content,jsonb) TO openclaw_t_acme;

-- Does anything refer to a content that is none of these requests and has to stay?
CREATE OR REPLACE FUNCTION tenant_acme.is_needed_elsewhere(p_content text, p_going text[], p_before timestamp with time zone, p_held jsonb)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'tenant_acme', 'pg_temp'
AS $function$
  SELECT EXISTS (SELECT FROM requests_of(p_content) AS other JOIN requests r ON r.id = other
      WHERE r.id <> ALL (p_going) AND NOT (content_may_go(r, p_held) AND r.finished_at < p_before))
    OR EXISTS (SELECT FROM erasures WHERE reason_ref = p_content)
    OR EXISTS (SELECT FROM classification_overrides WHERE reason_ref = p_content)
$function$;
GRANT EXECUTE ON FUNCTION tenant_acme.is_needed_elsewhere(text,text[],timestamp with time zone,jsonb) TO openclaw_t_acme;

-- Counts the change and tells listeners of openclaw_policies.
CREATE OR REPLACE FUNCTION tenant_acme.move_policy_revision()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  EXECUTE format('UPDATE %I.policy_revision SET revision = revision + 1', TG_TABLE_SCHEMA);
  PERFORM pg_notify('openclaw_policies', json_build_object('tenant', substr(TG_TABLE_SCHEMA, 8))::text);
  RETURN NULL;
END $function$;

-- Trigger of tables whose rows never change, whoever asks.
CREATE OR REPLACE FUNCTION tenant_acme.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  RAISE EXCEPTION '%.% is insert-only', TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $function$;

-- Does one of these holds [{userId, from, to}] cover a request?
CREATE OR REPLACE FUNCTION tenant_acme.request_is_held(p_request tenant_acme.requests, p_held jsonb)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'tenant_acme', 'pg_temp'
AS $function$
  SELECT EXISTS (SELECT FROM jsonb_array_elements(p_held) AS hold
    WHERE coalesce(p_request.finished_at, now()) >= coalesce((hold->>'from')::timestamptz, '-infinity')
      AND p_request.created_at < coalesce((hold->>'to')::timestamptz, 'infinity')
      AND (hold->>'userId' IS NULL OR hold->>'userId' = p_request.user_id
        OR EXISTS (SELECT FROM approval_votes v JOIN approvals a ON a.id = v.approval_id
          WHERE a.request_id = p_request.id AND v.user_id = hold->>'userId')))
$function$;
GRANT EXECUTE ON FUNCTION tenant_acme.request_is_held(tenant_acme.requests,jsonb) TO openclaw_t_acme;

-- Ids of all requests that refer to a content.
CREATE OR REPLACE FUNCTION tenant_acme.requests_of(p_content text)
 RETURNS SETOF text
 LANGUAGE sql
 STABLE ROWS 1
 SET search_path TO 'tenant_acme', 'pg_temp'
AS $function$
  SELECT id FROM requests WHERE text_ref = p_content
  UNION SELECT id FROM requests WHERE answer_ref = p_content
  UNION SELECT request_id FROM request_actions WHERE input_ref = p_content
  UNION SELECT request_id FROM request_actions WHERE result_ref = p_content
  UNION SELECT request_id FROM approvals WHERE preview_ref = p_content
  UNION SELECT request_id FROM approvals WHERE decision_reason_ref = p_content
  UNION SELECT a.request_id FROM approval_votes v JOIN approvals a ON a.id = v.approval_id WHERE v.reason_ref = p_content
$function$;
GRANT EXECUTE ON FUNCTION tenant_acme.requests_of(text) TO openclaw_t_acme;

-- Tells listeners of openclaw_changes, once the transaction has committed.
CREATE OR REPLACE FUNCTION tenant_acme.tell_approval_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  PERFORM pg_notify('openclaw_changes', json_build_object('tenant', substr(TG_TABLE_SCHEMA, 8),
    'request_id', NEW.request_id, 'approval_id', NEW.id, 'state', NEW.state)::text);
  RETURN NULL;
END $function$;

-- Tells listeners of openclaw_changes, once the transaction has committed.
CREATE OR REPLACE FUNCTION tenant_acme.tell_request_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  PERFORM pg_notify('openclaw_changes', json_build_object(
    'tenant', substr(TG_TABLE_SCHEMA, 8), 'request_id', NEW.id, 'state', NEW.state)::text);
  RETURN NULL;
END $function$;

-- Tells listeners of openclaw_rights, once the transaction has committed.
CREATE OR REPLACE FUNCTION tenant_acme.tell_rights_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  PERFORM pg_notify('openclaw_rights', json_build_object(
    'tenant', substr(TG_TABLE_SCHEMA, 8), 'user_id', NEW.user_id)::text);
  RETURN NULL;
END $function$;

-- Tells listeners of openclaw_changes, once the transaction has committed.
CREATE OR REPLACE FUNCTION tenant_acme.tell_wait_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  PERFORM pg_notify('openclaw_changes', json_build_object(
    'tenant', substr(TG_TABLE_SCHEMA, 8), 'request_id', NEW.request_id, 'waits_until', NEW.waits_until)::text);
  RETURN NULL;
END $function$;
