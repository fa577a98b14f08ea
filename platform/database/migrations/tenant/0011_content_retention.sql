-- Up Migration
-- Content ends by policy, and nobody votes under an erasure of themselves.

ALTER TABLE requests ADD COLUMN content_deleted_at timestamptz;
COMMENT ON COLUMN requests.content_deleted_at IS 'When its contents were deleted because they were past their retention; null = not yet.';
CREATE INDEX requests_with_content ON requests (org_unit, finished_at) WHERE content_deleted_at IS NULL;

-- When a request ended is dated by the database, once: its content may go a while after that.
CREATE FUNCTION date_request_end() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
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
END $$;
COMMENT ON FUNCTION date_request_end() IS 'Whoever is not the owner of the table sets finished_at to now, whatever they say, and never again.';
CREATE TRIGGER requests_date_end BEFORE INSERT OR UPDATE OF finished_at ON requests
  FOR EACH ROW EXECUTE FUNCTION date_request_end();
ALTER TABLE requests ENABLE ALWAYS TRIGGER requests_date_end;

CREATE INDEX requests_by_text ON requests (text_ref);
CREATE INDEX requests_by_answer ON requests (answer_ref) WHERE answer_ref IS NOT NULL;
CREATE INDEX request_actions_by_input ON request_actions (input_ref);
CREATE INDEX request_actions_by_result ON request_actions (result_ref) WHERE result_ref IS NOT NULL;
CREATE INDEX approvals_by_preview ON approvals (preview_ref);
CREATE INDEX approvals_by_reason ON approvals (decision_reason_ref) WHERE decision_reason_ref IS NOT NULL;
CREATE INDEX approval_votes_by_reason ON approval_votes (reason_ref) WHERE reason_ref IS NOT NULL;
CREATE INDEX classification_overrides_by_reason ON classification_overrides (reason_ref);

CREATE FUNCTION contents_of(p_requests text[]) RETURNS SETOF text LANGUAGE sql STABLE ROWS 10 AS $$
  SELECT unnest(ARRAY[text_ref, answer_ref]) FROM requests WHERE id = ANY (p_requests)
  UNION SELECT unnest(ARRAY[input_ref, result_ref]) FROM request_actions WHERE request_id = ANY (p_requests)
  UNION SELECT unnest(ARRAY[preview_ref, decision_reason_ref]) FROM approvals WHERE request_id = ANY (p_requests)
  UNION SELECT v.reason_ref FROM approval_votes v JOIN approvals a ON a.id = v.approval_id
    WHERE a.request_id = ANY (p_requests)
$$;
COMMENT ON FUNCTION contents_of(text[]) IS 'Ids of all contents that these requests refer to.';

CREATE FUNCTION requests_of(p_content text) RETURNS SETOF text LANGUAGE sql STABLE ROWS 1 AS $$
  SELECT id FROM requests WHERE text_ref = p_content
  UNION SELECT id FROM requests WHERE answer_ref = p_content
  UNION SELECT request_id FROM request_actions WHERE input_ref = p_content
  UNION SELECT request_id FROM request_actions WHERE result_ref = p_content
  UNION SELECT request_id FROM approvals WHERE preview_ref = p_content
  UNION SELECT request_id FROM approvals WHERE decision_reason_ref = p_content
  UNION SELECT a.request_id FROM approval_votes v JOIN approvals a ON a.id = v.approval_id WHERE v.reason_ref = p_content
$$;
COMMENT ON FUNCTION requests_of(text) IS 'Ids of all requests that refer to a content.';

-- A hold on the requester, on who voted or on everybody keeps the request whole, if it touches its time.
CREATE FUNCTION request_is_held(p_request requests, p_held jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM jsonb_array_elements(p_held) AS hold
    WHERE coalesce(p_request.finished_at, now()) >= coalesce((hold->>'from')::timestamptz, '-infinity')
      AND p_request.created_at < coalesce((hold->>'to')::timestamptz, 'infinity')
      AND (hold->>'userId' IS NULL OR hold->>'userId' = p_request.user_id
        OR EXISTS (SELECT FROM approval_votes v JOIN approvals a ON a.id = v.approval_id
          WHERE a.request_id = p_request.id AND v.user_id = hold->>'userId')))
$$;
COMMENT ON FUNCTION request_is_held(requests, jsonb) IS 'Does one of these holds [{userId, from, to}] cover a request?';

CREATE FUNCTION content_may_go(p_request requests, p_held jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT p_request.finished_at IS NOT NULL
    AND p_request.state NOT IN ('received', 'running', 'queued', 'outcome_unknown')
    AND NOT EXISTS (SELECT FROM request_actions a
      WHERE a.request_id = p_request.id AND a.state IN ('waiting_approval', 'outcome_unknown'))
    AND NOT EXISTS (SELECT FROM approvals a WHERE a.request_id = p_request.id AND a.state = 'pending')
    AND NOT request_is_held(p_request, p_held)
$$;
COMMENT ON FUNCTION content_may_go(requests, jsonb) IS 'Has a request ended in every part, and does none of these holds [{userId, from, to}] cover it?';

-- A row may name a content that is not its own; whatever else names it has a say too.
CREATE FUNCTION is_needed_elsewhere(p_content text, p_going text[], p_before timestamptz, p_held jsonb) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM requests_of(p_content) AS other JOIN requests r ON r.id = other
      WHERE r.id <> ALL (p_going) AND NOT (content_may_go(r, p_held) AND r.finished_at < p_before))
    OR EXISTS (SELECT FROM erasures WHERE reason_ref = p_content)
    OR EXISTS (SELECT FROM classification_overrides WHERE reason_ref = p_content)
$$;
COMMENT ON FUNCTION is_needed_elsewhere(text, text[], timestamptz, jsonb) IS 'Does anything refer to a content that is none of these requests and has to stay?';

-- Runs as the owner of the tables: the tenant's own role may change none of this. Age is that of the content itself,
-- which nobody can change, besides that of the request.
CREATE FUNCTION delete_content(p_requests text[], p_before timestamptz, p_held jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER AS $$
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
END $$;
COMMENT ON FUNCTION delete_content(text[], timestamptz, jsonb) IS 'Deletes the contents of those of these requests that ended before a time, but for held ones [{userId, from, to}]; says how many contents, and how many requests have none left. Safe to repeat.';

-- Reasons that people gave for what came to nothing (a vote that was refused), or that nothing refers to any more.
CREATE FUNCTION is_loose_reason(p_content content, p_held jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT p_content.purpose = 'decision_reason' AND p_content.sealed <> '\x00'
    AND NOT EXISTS (SELECT FROM approval_votes WHERE reason_ref = p_content.id)
    AND NOT EXISTS (SELECT FROM approvals WHERE decision_reason_ref = p_content.id)
    AND NOT EXISTS (SELECT FROM erasures WHERE reason_ref = p_content.id)
    AND NOT EXISTS (SELECT FROM classification_overrides WHERE reason_ref = p_content.id)
    AND NOT EXISTS (SELECT FROM jsonb_array_elements(p_held) AS hold
      WHERE (hold->>'userId' IS NULL OR hold->>'userId' = p_content.owner_id)
        AND is_held(p_content.created_at, jsonb_build_array(hold)))
$$;
COMMENT ON FUNCTION is_loose_reason(content, jsonb) IS 'Is it a reason that belongs to no vote, erasure or label, and that none of these holds [{userId, from, to}] covers?';
CREATE INDEX content_reasons ON content (created_at) WHERE purpose = 'decision_reason' AND sealed <> '\x00';

CREATE FUNCTION delete_loose_reasons(p_reasons text[], p_before timestamptz, p_held jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  v_reasons integer;
BEGIN
  IF p_before IS NULL OR p_before > now() - interval '1 day' OR jsonb_typeof(p_held) IS DISTINCT FROM 'array' THEN
    RAISE EXCEPTION 'a reason stays for a day' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  UPDATE content c SET sealed = '\x00' WHERE id = ANY (p_reasons) AND created_at < p_before AND is_loose_reason(c, p_held);
  GET DIAGNOSTICS v_reasons = ROW_COUNT;
  RETURN v_reasons;
END $$;
COMMENT ON FUNCTION delete_loose_reasons(text[], timestamptz, jsonb) IS 'Deletes those of these reasons that nothing refers to and that were given before a time, but for held ones; says how many. Safe to repeat.';

-- Units may keep results of reads for a shorter time than others. What connectors gave on reading; answers of the system's own actions stay.
DROP FUNCTION erase_ephemeral(timestamptz, jsonb, integer);
CREATE FUNCTION erase_ephemeral(p_units text[], p_before timestamptz, p_held jsonb, p_limit integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER AS $$
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
END $$;
COMMENT ON FUNCTION erase_ephemeral(text[], timestamptz, jsonb, integer) IS 'Erases results of reads that people of these units asked for before a time, but for those of held requests [{userId, from, to}]; says how many.';

-- As before (0005), but nobody's vote comes in meanwhile: who votes holds their row of people, which is locked first.
-- And no request that came in meanwhile is taken along.
CREATE OR REPLACE FUNCTION erase_person(p_user_id text, p_alias text, p_held jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER AS $$
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
END $$;

DO $$
DECLARE
  tenant text := current_setting('openclaw.tenant_role');
  v_function text;
BEGIN
  FOREACH v_function IN ARRAY ARRAY['contents_of(text[])', 'requests_of(text)', 'request_is_held(requests, jsonb)',
    'content_may_go(requests, jsonb)', 'is_needed_elsewhere(text, text[], timestamptz, jsonb)', 'is_loose_reason(content, jsonb)',
    'delete_content(text[], timestamptz, jsonb)', 'delete_loose_reasons(text[], timestamptz, jsonb)',
    'erase_ephemeral(text[], timestamptz, jsonb, integer)', 'erase_person(text, text, jsonb)'] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', v_function, current_schema());
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', v_function);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', v_function, tenant);
  END LOOP;
END $$;
