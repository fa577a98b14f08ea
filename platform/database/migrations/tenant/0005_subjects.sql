-- Up Migration
-- Whom the audit log means, and the one way to erase a person's contents.

CREATE TABLE subjects (
  subject text PRIMARY KEY CHECK (subject ~ '^sub_[0-9A-HJKMNP-TV-Z]{26}$'),
  user_id text UNIQUE,
  sealed_key bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  erased_at timestamptz,
  CHECK (CASE WHEN erased_at IS NULL THEN user_id IS NOT NULL AND sealed_key IS NOT NULL
    ELSE user_id IS NULL AND sealed_key IS NULL END)
);
COMMENT ON TABLE subjects IS 'The random names that the audit log knows people by, and the key of what it says of each.';
COMMENT ON COLUMN subjects.subject IS 'sub_ and 26 characters.';
COMMENT ON COLUMN subjects.user_id IS 'The person (sub claim); null once erased.';
COMMENT ON COLUMN subjects.sealed_key IS 'Key of the person''s audit entries, sealed with the tenant''s key; destroyed by erasure.';
COMMENT ON COLUMN subjects.erased_at IS 'When the key was destroyed.';

CREATE TABLE erasures (
  id text PRIMARY KEY CHECK (id ~ '^ers_[0-9A-HJKMNP-TV-Z]{26}$'),
  user_id text,
  subject text REFERENCES subjects (subject),
  requested_by text NOT NULL,
  reason_ref text NOT NULL REFERENCES content (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  result jsonb,
  CHECK (CASE WHEN finished_at IS NULL THEN user_id IS NOT NULL ELSE result IS NOT NULL END)
);
CREATE UNIQUE INDEX erasures_one_running ON erasures (user_id) WHERE finished_at IS NULL;
COMMENT ON TABLE erasures IS 'Erasures of people: what was asked for, and what came of it.';
COMMENT ON COLUMN erasures.user_id IS 'Whom; null once nothing is held back.';
COMMENT ON COLUMN erasures.subject IS 'The person''s name in the audit log; null when it knows none.';
COMMENT ON COLUMN erasures.requested_by IS 'Subject of the admin.';
COMMENT ON COLUMN erasures.reason_ref IS 'Why, in the admin''s words.';
COMMENT ON COLUMN erasures.result IS 'What was erased, what is held back and why (governance/erase-person.ts).';

CREATE FUNCTION erase_only() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET bytea_output = hex AS $$
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
END $$;
COMMENT ON FUNCTION erase_only() IS 'The only change of an insert-only row: its value gives way to the mark of erasure, its person to erased:sub_….';

DROP TRIGGER content_insert_only ON content;
CREATE TRIGGER content_insert_only BEFORE DELETE OR TRUNCATE ON content
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE content ENABLE ALWAYS TRIGGER content_insert_only;
CREATE TRIGGER content_erase_only BEFORE UPDATE ON content FOR EACH ROW EXECUTE FUNCTION erase_only();
ALTER TABLE content ENABLE ALWAYS TRIGGER content_erase_only;

DROP TRIGGER approval_votes_insert_only ON approval_votes;
CREATE TRIGGER approval_votes_insert_only BEFORE DELETE OR TRUNCATE ON approval_votes
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE approval_votes ENABLE ALWAYS TRIGGER approval_votes_insert_only;
CREATE TRIGGER approval_votes_erase_only BEFORE UPDATE ON approval_votes FOR EACH ROW EXECUTE FUNCTION erase_only();
ALTER TABLE approval_votes ENABLE ALWAYS TRIGGER approval_votes_erase_only;

CREATE FUNCTION is_held(p_at timestamptz, p_held jsonb) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM jsonb_array_elements(p_held) AS hold
    WHERE p_at >= coalesce((hold->>'from')::timestamptz, '-infinity') AND p_at < coalesce((hold->>'to')::timestamptz, 'infinity'))
$$;
COMMENT ON FUNCTION is_held(timestamptz, jsonb) IS 'Does a time lie in one of these spans [{from, to}]?';

CREATE FUNCTION is_day_held(p_day text, p_held jsonb) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM jsonb_array_elements(p_held) AS hold
    WHERE (p_day || 'T00:00Z')::timestamptz + interval '1 day' > coalesce((hold->>'from')::timestamptz, '-infinity')
      AND (p_day || 'T00:00Z')::timestamptz < coalesce((hold->>'to')::timestamptz, 'infinity'))
$$;
COMMENT ON FUNCTION is_day_held(text, jsonb) IS 'Does a part of a day (UTC, YYYY-MM-DD) lie in one of these spans [{from, to}]?';

-- Runs as the owner of the tables: the tenant's own role may change none of this.
CREATE FUNCTION erase_person(p_user_id text, p_alias text, p_held jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  v_sessions integer;
BEGIN
  IF p_alias !~ '^erased:(sub|ers)_[0-9A-HJKMNP-TV-Z]{26}$' OR p_user_id IS NULL OR jsonb_typeof(p_held) IS DISTINCT FROM 'array' THEN
    RAISE EXCEPTION 'not a mark of erasure' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF EXISTS (SELECT FROM requests WHERE user_id = p_user_id AND state IN ('received', 'running', 'queued', 'outcome_unknown')) THEN
    RAISE EXCEPTION 'a request of the person is still open' USING ERRCODE = 'object_in_use';
  END IF;
  UPDATE request_actions SET target = '(erased)', input_digest = '' WHERE request_id IN (
    SELECT id FROM requests WHERE user_id = p_user_id AND NOT is_held(created_at, p_held));
  UPDATE content SET sealed = '\x00', owner_id = p_alias WHERE owner_id = p_user_id AND NOT is_held(created_at, p_held);
  UPDATE requests SET user_id = p_alias, idempotency_key = id, body_digest = '' WHERE user_id = p_user_id AND NOT is_held(created_at, p_held);
  UPDATE approvals SET requester_id = p_alias, target = '(erased)' WHERE requester_id = p_user_id AND NOT is_held(created_at, p_held);
  UPDATE approvals SET decided_by = p_alias WHERE decided_by = p_user_id AND NOT is_held(created_at, p_held);
  UPDATE approval_votes SET user_id = p_alias WHERE user_id = p_user_id AND NOT is_held(at, p_held)
    AND approval_id IN (SELECT id FROM approvals WHERE state <> 'pending');
  UPDATE model_calls SET user_id = p_alias WHERE user_id = p_user_id AND NOT is_held(at, p_held);
  WITH theirs AS (
    DELETE FROM model_usage WHERE scope = 'user:' || p_user_id AND NOT is_day_held(day, p_held) RETURNING day, tokens
  )
  INSERT INTO model_usage AS known (day, scope, tokens) SELECT day, 'user:' || p_alias, tokens FROM theirs
  ON CONFLICT (day, scope) DO UPDATE SET tokens = known.tokens + excluded.tokens;
  UPDATE classification_overrides SET override_by = p_alias WHERE override_by = p_user_id AND NOT is_held(override_at, p_held);
  DELETE FROM openclaw.sessions WHERE tenant_id = substr(current_schema(), 8) AND user_id = p_user_id;
  GET DIAGNOSTICS v_sessions = ROW_COUNT;
  DELETE FROM grants WHERE user_id = p_user_id;
  IF p_held = '[]' THEN
    -- First told to those who remember the person's rights, then gone.
    UPDATE people SET revoked_at = now(), email = NULL, name = NULL WHERE user_id = p_user_id;
    DELETE FROM people WHERE user_id = p_user_id;
  END IF;
  RETURN jsonb_build_object(
    'contents', (SELECT count(*) FROM content WHERE owner_id = p_alias),
    'requests', (SELECT count(*) FROM requests WHERE user_id = p_alias),
    'approvals', (SELECT count(*) FROM approvals WHERE requester_id = p_alias),
    'votes', (SELECT count(*) FROM approval_votes WHERE user_id = p_alias),
    'sessions', v_sessions,
    'held', (SELECT count(*) FROM content WHERE owner_id = p_user_id));
END $$;
COMMENT ON FUNCTION erase_person(text, text, jsonb) IS 'Erases a person''s contents, names and sessions but for what was made in held spans; says how many of each are erased by now, how many sessions ended, how many contents are held. Safe to repeat.';

CREATE FUNCTION erase_subject(p_subject text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  UPDATE subjects SET user_id = NULL, sealed_key = NULL, erased_at = now() WHERE subject = p_subject AND erased_at IS NULL;
  RETURN FOUND;
END $$;
COMMENT ON FUNCTION erase_subject(text) IS 'Destroys the key of a person''s audit entries, for ever; false when it is gone already.';

-- What connectors gave on reading; answers of the system's own actions stay.
CREATE FUNCTION erase_ephemeral(p_before timestamptz, p_held jsonb, p_limit integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  v_erased integer;
BEGIN
  IF p_before > now() - interval '1 hour' THEN
    RAISE EXCEPTION 'nothing is ephemeral within its first hour' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  UPDATE content SET sealed = '\x00' WHERE id IN (
    SELECT c.id FROM request_actions a JOIN content c ON c.id = a.result_ref
    WHERE a.effect = 'read' AND a.state = 'done' AND c.created_at < p_before AND c.sealed <> '\x00'
      AND NOT EXISTS (SELECT FROM jsonb_array_elements(p_held) AS hold
        WHERE (hold->>'userId' IS NULL OR hold->>'userId' = c.owner_id)
          AND is_held(c.created_at, jsonb_build_array(hold)))
    LIMIT p_limit);
  GET DIAGNOSTICS v_erased = ROW_COUNT;
  RETURN v_erased;
END $$;
COMMENT ON FUNCTION erase_ephemeral(timestamptz, jsonb, integer) IS 'Erases results of reads made before a time, but for held ones [{userId, from, to}]; says how many.';

DO $$
DECLARE
  tenant text := current_setting('openclaw.tenant_role');
  v_function text;
BEGIN
  FOREACH v_function IN ARRAY ARRAY['erase_person(text, text, jsonb)', 'erase_subject(text)',
    'erase_ephemeral(timestamptz, jsonb, integer)'] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', v_function, current_schema());
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', v_function);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', v_function, tenant);
  END LOOP;
  EXECUTE format('GRANT SELECT, INSERT ON subjects, erasures TO %I', tenant);
  EXECUTE format('GRANT UPDATE (user_id, subject, finished_at, result) ON erasures TO %I', tenant);
END $$;
