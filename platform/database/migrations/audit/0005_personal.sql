-- Up Migration
-- Personal fields leave the rows: a person is a random subject, and what an entry says of them in words is sealed under
-- a key of their own and enters the leaf as a commitment (docs/adr/0013). Rows from before keep their old form.

DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
END $$;

ALTER TABLE ledger.audit_entries
  ALTER COLUMN user_id DROP NOT NULL,
  ALTER COLUMN action_detail DROP NOT NULL,
  ADD COLUMN subject text,
  ADD COLUMN personal bytea CHECK (octet_length(personal) = 32),
  ADD COLUMN sealed bytea,
  ADD CONSTRAINT personal_or_older CHECK (CASE WHEN subject IS NULL
    THEN user_id IS NOT NULL AND action_detail IS NOT NULL AND personal IS NULL AND sealed IS NULL
    ELSE user_id IS NULL AND action_detail IS NULL AND personal IS NOT NULL AND sealed IS NOT NULL END);
DROP INDEX ledger.audit_entries_by_user;
-- Nothing asks for entries by policy.
DROP INDEX ledger.audit_entries_by_policy;
CREATE INDEX audit_entries_by_user ON ledger.audit_entries (tenant_id, user_id, "timestamp") WHERE user_id IS NOT NULL;
CREATE INDEX audit_entries_by_subject ON ledger.audit_entries (tenant_id, subject, "timestamp");
CREATE INDEX audit_entries_by_unit ON ledger.audit_entries (tenant_id, org_unit text_pattern_ops, "timestamp");
-- The rare ones, which people look for; the common ones are found by time.
CREATE INDEX audit_entries_by_outcome ON ledger.audit_entries (tenant_id, outcome, "timestamp")
  WHERE outcome IN ('denied', 'error', 'pending_approval', 'unknown');
CREATE INDEX audit_entries_by_verdict ON ledger.audit_entries (tenant_id, policy_result, "timestamp")
  WHERE policy_result IN ('deny', 'require_approval', 'notify');
COMMENT ON COLUMN ledger.audit_entries.user_id IS 'Who acted (sub claim); in rows from before subjects only.';
COMMENT ON COLUMN ledger.audit_entries.action_detail IS 'What was done to what; in rows from before subjects only.';
COMMENT ON COLUMN ledger.audit_entries.subject IS 'Random name of the person, sub_…; the tenant''s table subjects says whose.';
COMMENT ON COLUMN ledger.audit_entries.personal IS 'Salted commitment to user id and action detail (transparency/leaf.ts).';
COMMENT ON COLUMN ledger.audit_entries.sealed IS 'Salt, user id and action detail under the key of the subject; unreadable once that is destroyed.';
COMMENT ON COLUMN ledger.audit_entries.leaf_hash IS 'SHA-256 over a zero byte and the entry''s canonical JSON (transparency/leaf.ts).';

DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('GRANT CREATE ON SCHEMA ledger TO %I, %I', prefix || '_ledger_writer', prefix || '_ledger_reader');
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_writer');
END $$;

-- With a setting of its own a function is never inlined; this one names nothing outside pg_catalog.
ALTER FUNCTION ledger.iso(timestamptz) RESET ALL;

-- Takes the older form too, from a process of the release before during an upgrade. Runs inside functions that pin the
-- search path; pinning it once more would cost as much as an index.
CREATE OR REPLACE FUNCTION ledger.add_entries(p_tenant text, p_entries jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_added integer;
BEGIN
  INSERT INTO ledger.audit_entries (id, tenant_id, org_unit, user_id, subject, "timestamp", action_type, event,
    action_detail, data_accessed, model_used, model_tokens, data_classification, policy_applied, policy_result,
    policy_reason, outcome, request_id, decision_id, metadata, personal, sealed, leaf_hash)
  SELECT e.id, e."tenantId", e."orgUnit", e."userId", e.subject, e."timestamp"::timestamptz, e."actionType", e.event,
    e."actionDetail", e."dataAccessed", e."modelUsed", e."modelTokens", e."dataClassification", e."policyApplied",
    e."policyResult", e."policyReason", e.outcome, e."requestId", e."decisionId", e.metadata,
    decode(e.personal, 'hex'), decode(e.sealed, 'base64'), decode(e."leafHash", 'hex')
  FROM jsonb_to_recordset(p_entries) AS e(id text, "tenantId" text, "orgUnit" text, "userId" text, subject text,
    "timestamp" text, "actionType" text, event text, "actionDetail" text, "dataAccessed" jsonb,
    "modelUsed" text, "modelTokens" jsonb, "dataClassification" text, "policyApplied" text, "policyResult" text,
    "policyReason" text, outcome text, "requestId" text, "decisionId" text, metadata jsonb, personal text,
    sealed text, "leafHash" text)
  WHERE e."tenantId" = p_tenant AND ledger.iso(e."timestamp"::timestamptz) = e."timestamp";
  GET DIAGNOSTICS v_added = ROW_COUNT;
  IF v_added <> jsonb_array_length(p_entries) THEN
    RAISE EXCEPTION 'an entry names another tenant, or its timestamp is not ISO 8601 in UTC with milliseconds'
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
END $$;
COMMENT ON FUNCTION ledger.add_entries(text, jsonb) IS 'Entries from the camelCase JSON of a leaf (transparency/leaf.ts) with sealed (base64) and leafHash (hex) beside it.';

-- What was just written is told without being read again.
CREATE OR REPLACE FUNCTION ledger.begin_effect(p_tenant text, p_decision jsonb, p_entry jsonb, p_claim jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
      'attempts', '[]'::jsonb, 'now', ledger.iso(clock_timestamp()), 'claim', 'approval_consumed'));
  END IF;
  PERFORM ledger.add_decision(p_tenant, p_decision);
  PERFORM ledger.add_entries(p_tenant, jsonb_build_array(p_entry));
  INSERT INTO ledger.effect_attempts (tenant_id, run_id, n) VALUES (p_tenant, v_run_id, 1) RETURNING at INTO v_at;
  RETURN jsonb_build_object('claim', 'new', 'inputDigest', p_claim->>'inputDigest', 'outcome', NULL,
    'attempts', jsonb_build_array(jsonb_build_object('n', 1, 'at', ledger.iso(v_at))), 'now', ledger.iso(clock_timestamp()));
END $$;

CREATE OR REPLACE FUNCTION ledger.finish_effect(p_tenant text, p_run_id text, p_entry jsonb, p_outcome text, p_result jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_at timestamptz;
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  INSERT INTO ledger.effect_outcomes (tenant_id, run_id, outcome, entry_id, result)
  VALUES (p_tenant, p_run_id, p_outcome, p_entry->>'id', p_result)
  ON CONFLICT DO NOTHING RETURNING at INTO v_at;
  IF NOT FOUND THEN
    RETURN ledger.outcome_of(p_tenant, p_run_id) || jsonb_build_object('recorded', false);
  END IF;
  PERFORM ledger.add_entries(p_tenant, jsonb_build_array(p_entry));
  RETURN jsonb_build_object('outcome', p_outcome, 'result', p_result, 'at', ledger.iso(v_at), 'recorded', true);
END $$;

DO $$
BEGIN
  RESET ROLE;
  EXECUTE format('SET LOCAL ROLE %I', current_setting('openclaw.prefix') || '_ledger_reader');
END $$;

CREATE OR REPLACE FUNCTION ledger.entry_json(p_entry ledger.audit_entries) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
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
$$;
COMMENT ON FUNCTION ledger.entry_json(ledger.audit_entries) IS 'The leaf as it was hashed (transparency/leaf.ts), with leafHash (hex) and, in the newer form, sealed (base64) beside it.';

CREATE OR REPLACE FUNCTION ledger.matching(p_tenant text, p_visibility jsonb, p_filters jsonb) RETURNS SETOF ledger.audit_entries
LANGUAGE sql STABLE AS $$
  SELECT e.* FROM ledger.audit_entries e
  WHERE e.tenant_id = p_tenant
    AND CASE p_visibility->>'kind'
      WHEN 'tenant' THEN true
      WHEN 'org' THEN e.org_unit = p_visibility->>'orgUnit' OR starts_with(e.org_unit, p_visibility->>'orgUnit' || '/')
      WHEN 'own' THEN e.subject = p_visibility->>'subject' OR e.user_id = p_visibility->>'userId'
      ELSE false END
    AND e."timestamp" >= coalesce((p_filters->>'from')::timestamptz, '-infinity')
    AND e."timestamp" < coalesce((p_filters->>'to')::timestamptz, 'infinity')
    AND (p_filters->>'id' IS NULL OR e.id = p_filters->>'id')
    AND (p_filters->>'userId' IS NULL OR e.subject = p_filters->>'subject' OR e.user_id = p_filters->>'userId')
    AND (p_filters->>'actionType' IS NULL OR e.action_type = p_filters->>'actionType')
    AND (p_filters->>'outcome' IS NULL OR e.outcome = p_filters->>'outcome')
    AND (p_filters->>'policyResult' IS NULL OR e.policy_result = p_filters->>'policyResult')
    AND (p_filters->>'requestId' IS NULL OR e.request_id = p_filters->>'requestId')
$$;
COMMENT ON FUNCTION ledger.matching(text, jsonb, jsonb) IS 'Entries that a person may see and asked for; an unknown kind of visibility sees nothing. A user id comes with its subject.';

DROP FUNCTION ledger.read_entries(text, jsonb, jsonb, integer, integer);

-- Planned anew for each call: which filters are given decides which index serves.
CREATE FUNCTION ledger.read_entries(p_tenant text, p_visibility jsonb, p_filters jsonb, p_page jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
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
END $$;
COMMENT ON FUNCTION ledger.read_entries(text, jsonb, jsonb, jsonb) IS 'One page, newest first: {limit, offset, after: {timestamp, id}, countTo}. The total is counted up to countTo, wholly where that is null, and not at all for 0. Visibility is {kind: tenant | org | own} with orgUnit, or subject and userId.';

REVOKE ALL ON FUNCTION ledger.read_entries(text, jsonb, jsonb, jsonb) FROM PUBLIC;
DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.read_entries(text, jsonb, jsonb, jsonb) TO %I', prefix || '_app');
  RESET ROLE;
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
END $$;

CREATE TABLE ledger.legal_holds (
  tenant_id text NOT NULL,
  hold_id text NOT NULL,
  subject text,
  from_at timestamptz,
  to_at timestamptz,
  sealed_reason bytea NOT NULL,
  placed_by text NOT NULL,
  placed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, hold_id),
  CHECK (from_at < to_at)
);
COMMENT ON TABLE ledger.legal_holds IS 'What must be kept although retention or erasure would end it, until a release is on record.';
COMMENT ON COLUMN ledger.legal_holds.hold_id IS 'hld_ and 26 characters.';
COMMENT ON COLUMN ledger.legal_holds.subject IS 'Whose data; null = everybody''s of the tenant.';
COMMENT ON COLUMN ledger.legal_holds.from_at IS 'Data from this time on; null = from the beginning.';
COMMENT ON COLUMN ledger.legal_holds.to_at IS 'Data before this time; null = for ever.';
COMMENT ON COLUMN ledger.legal_holds.sealed_reason IS 'Why, under the tenant''s key.';
COMMENT ON COLUMN ledger.legal_holds.placed_by IS 'Subject of the person who placed it.';
COMMENT ON COLUMN ledger.legal_holds.placed_at IS 'The server''s clock.';

CREATE TABLE ledger.legal_hold_releases (
  tenant_id text NOT NULL,
  hold_id text NOT NULL,
  released_by text NOT NULL,
  released_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, hold_id),
  FOREIGN KEY (tenant_id, hold_id) REFERENCES ledger.legal_holds
);
COMMENT ON TABLE ledger.legal_hold_releases IS 'Holds that are over.';
COMMENT ON COLUMN ledger.legal_hold_releases.hold_id IS 'The hold.';
COMMENT ON COLUMN ledger.legal_hold_releases.released_by IS 'Subject of the person who ended it.';
COMMENT ON COLUMN ledger.legal_hold_releases.released_at IS 'The server''s clock.';

CREATE TABLE ledger.gaps (
  tenant_id text NOT NULL,
  kind text NOT NULL,
  ref text NOT NULL,
  found_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, kind, ref)
);
COMMENT ON TABLE ledger.gaps IS 'What the reconciler found missing, once each.';
COMMENT ON COLUMN ledger.gaps.kind IS 'What is missing (governance/reconcile.ts).';
COMMENT ON COLUMN ledger.gaps.ref IS 'Id of what it is missing from: an effect, a decision or an entry.';
COMMENT ON COLUMN ledger.gaps.found_at IS 'The server''s clock.';

-- The owner runs what concerns all tenants: dropping a month, and saying whether anything is amiss.
DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
  v_table text;
BEGIN
  FOREACH v_table IN ARRAY ARRAY['legal_holds', 'legal_hold_releases', 'gaps'] LOOP
    PERFORM ledger.seal(format('ledger.%I', v_table)::regclass);
    EXECUTE format('CREATE POLICY by_tenant ON ledger.%I USING (tenant_id = current_setting(''ledger.tenant'', true))
      WITH CHECK (tenant_id = current_setting(''ledger.tenant'', true))', v_table);
    EXECUTE format('CREATE POLICY of_all ON ledger.%I FOR SELECT TO %I USING (true)', v_table, prefix || '_ledger_owner');
    EXECUTE format('GRANT SELECT, INSERT ON ledger.%I TO %I', v_table, prefix || '_ledger_writer');
    EXECUTE format('GRANT SELECT ON ledger.%I TO %I', v_table, prefix || '_ledger_reader');
  END LOOP;
END $$;

DO $$ BEGIN EXECUTE format('SET LOCAL ROLE %I', current_setting('openclaw.prefix') || '_ledger_writer'); END $$;

CREATE FUNCTION ledger.place_hold(p_tenant text, p_hold jsonb, p_entry jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  INSERT INTO ledger.legal_holds (tenant_id, hold_id, subject, from_at, to_at, sealed_reason, placed_by)
  VALUES (p_tenant, p_hold->>'holdId', p_hold->>'subject', (p_hold->>'from')::timestamptz, (p_hold->>'to')::timestamptz,
    decode(p_hold->>'sealedReason', 'base64'), p_hold->>'placedBy');
  PERFORM ledger.add_entries(p_tenant, jsonb_build_array(p_entry));
END $$;
COMMENT ON FUNCTION ledger.place_hold(text, jsonb, jsonb) IS 'A hold and the entry that says so, or neither.';

CREATE FUNCTION ledger.release_hold(p_tenant text, p_hold_id text, p_released_by text, p_entry jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
END $$;
COMMENT ON FUNCTION ledger.release_hold(text, text, text, jsonb) IS 'Ends a hold, with its entry; false when there is none, or it is over.';

CREATE FUNCTION ledger.record_gap(p_tenant text, p_kind text, p_ref text, p_entry jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  INSERT INTO ledger.gaps (tenant_id, kind, ref) VALUES (p_tenant, p_kind, p_ref) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM ledger.add_entries(p_tenant, jsonb_build_array(p_entry));
  RETURN true;
END $$;
COMMENT ON FUNCTION ledger.record_gap(text, text, text, jsonb) IS 'A gap and the entry that says so; false when it is on record already.';

REVOKE ALL ON FUNCTION ledger.place_hold, ledger.release_hold, ledger.record_gap FROM PUBLIC;
DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.place_hold, ledger.release_hold, ledger.record_gap TO %I', prefix || '_app');
  RESET ROLE;
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_reader');
END $$;

CREATE FUNCTION ledger.read_holds(p_tenant text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('holdId', h.hold_id, 'subject', h.subject,
      'from', ledger.iso(h.from_at), 'to', ledger.iso(h.to_at),
      'sealedReason', translate(encode(h.sealed_reason, 'base64'), E'\n', ''), 'placedBy', h.placed_by,
      'placedAt', ledger.iso(h.placed_at), 'releasedBy', r.released_by, 'releasedAt', ledger.iso(r.released_at))
      ORDER BY h.hold_id DESC), '[]')
    FROM ledger.legal_holds h LEFT JOIN ledger.legal_hold_releases r
      ON r.tenant_id = h.tenant_id AND r.hold_id = h.hold_id WHERE h.tenant_id = p_tenant);
END $$;
COMMENT ON FUNCTION ledger.read_holds(text) IS 'Every hold of a tenant, newest first, over or not.';

CREATE FUNCTION ledger.count_of_person(p_tenant text, p_subject text, p_user_id text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN jsonb_build_object(
    'sealed', (SELECT count(*) FROM ledger.audit_entries WHERE tenant_id = p_tenant AND subject = p_subject),
    'inClear', (SELECT count(*) FROM ledger.audit_entries WHERE tenant_id = p_tenant AND user_id = p_user_id));
END $$;
COMMENT ON FUNCTION ledger.count_of_person(text, text, text) IS 'How many entries are sealed under a person''s key, and how many older ones name them in clear.';

-- Claims and decisions of the last days only: what is older was compared before, and the tree tells of later changes.
CREATE FUNCTION ledger.find_gaps(p_tenant text, p_after timestamptz, p_before timestamptz, p_limit integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', found.kind, 'ref', found.ref)), '[]') FROM (
    SELECT 'claim_without_outcome' AS kind, c.run_id AS ref FROM ledger.effect_claims c
    WHERE c.tenant_id = p_tenant AND c.claimed_at >= p_after AND c.claimed_at < p_before
      AND NOT EXISTS (SELECT FROM ledger.effect_outcomes o WHERE o.tenant_id = p_tenant AND o.run_id = c.run_id)
      AND NOT EXISTS (SELECT FROM ledger.effect_attempts a
        WHERE a.tenant_id = p_tenant AND a.run_id = c.run_id AND a.at >= p_before)
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
END $$;
COMMENT ON FUNCTION ledger.find_gaps(text, timestamptz, timestamptz, integer) IS 'What of the ledger misses its counterpart between two times, [{kind, ref}]; what is on record as a gap is left out.';

CREATE FUNCTION ledger.runs_without_success(p_tenant text, p_runs jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT coalesce(jsonb_agg(run.run_id), '[]')
    FROM jsonb_array_elements_text(p_runs) AS run(run_id)
    WHERE NOT EXISTS (SELECT FROM ledger.audit_entries e WHERE e.tenant_id = p_tenant
        AND e.request_id = split_part(run.run_id, '/', 1) AND e.outcome = 'success' AND e.metadata->>'run_id' = run.run_id)
      AND NOT EXISTS (SELECT FROM ledger.gaps g
        WHERE g.tenant_id = p_tenant AND g.kind = 'done_without_success' AND g.ref = run.run_id));
END $$;
COMMENT ON FUNCTION ledger.runs_without_success(text, jsonb) IS 'Which of these effects have no entry that says that they succeeded; what is on record as a gap is left out.';

REVOKE ALL ON FUNCTION ledger.read_holds, ledger.count_of_person, ledger.find_gaps, ledger.runs_without_success FROM PUBLIC;
DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.read_holds, ledger.count_of_person, ledger.find_gaps, ledger.runs_without_success TO %I', prefix || '_app');
  RESET ROLE;
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
END $$;

CREATE FUNCTION ledger.gaps_since(p_at timestamptz) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT count(*)::integer FROM ledger.gaps WHERE found_at >= p_at
$$;
COMMENT ON FUNCTION ledger.gaps_since(timestamptz) IS 'How many gaps were found since then, of all tenants together.';

CREATE FUNCTION ledger.expired_months(p_keep_days integer) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT replace(substr(c.relname, 15), '_', '-') FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'ledger.audit_entries'::regclass
    -- CASE, since the planner is free to look at the names of all relations before it joins.
    AND CASE WHEN c.relname ~ '^audit_entries_\d{4}_\d{2}$' THEN
      (to_date(substr(c.relname, 15), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC'
        < now() - make_interval(days => greatest(366, p_keep_days)) ELSE false END
  ORDER BY 1
$$;
COMMENT ON FUNCTION ledger.expired_months(integer) IS 'Months, YYYY-MM, of which every entry is older than so many days, and than 366 in any case.';

-- Every check is made here, whatever the caller has checked.
CREATE FUNCTION ledger.drop_month(p_month text, p_keep_days integer) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
END $$;
COMMENT ON FUNCTION ledger.drop_month(text, integer) IS 'Drops a month of entries: dropped, or why not (absent, too_young, held by a legal hold, not_covered by a signed head).';

REVOKE ALL ON FUNCTION ledger.gaps_since, ledger.expired_months, ledger.drop_month FROM PUBLIC;
DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.gaps_since, ledger.expired_months, ledger.drop_month TO %I', prefix || '_app');
  EXECUTE format('REVOKE CREATE ON SCHEMA ledger FROM %I, %I', prefix || '_ledger_writer', prefix || '_ledger_reader');
END $$;

RESET ROLE;
