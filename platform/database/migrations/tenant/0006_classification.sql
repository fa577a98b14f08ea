-- Up Migration

CREATE TABLE classification_overrides (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  item_id text NOT NULL CHECK (item_id ~ '^[a-z][a-z0-9_-]{0,39}:\S.{0,255}$'),
  org_unit text NOT NULL,
  previous text NOT NULL CHECK (previous IN ('public', 'internal', 'confidential', 'restricted')),
  classification text NOT NULL CHECK (classification IN ('public', 'internal', 'confidential', 'restricted')),
  reason_ref text NOT NULL REFERENCES content (id),
  override_by text NOT NULL,
  override_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX classification_overrides_newest ON classification_overrides (item_id, org_unit, seq DESC);
COMMENT ON TABLE classification_overrides IS 'What administrators said of single items; the newest row of an item and unit counts.';
COMMENT ON COLUMN classification_overrides.seq IS 'Order of the rows.';
COMMENT ON COLUMN classification_overrides.item_id IS 'Source and item: github:acme/website#7.';
COMMENT ON COLUMN classification_overrides.org_unit IS 'Whom it holds for: this unit and below; empty = everybody.';
COMMENT ON COLUMN classification_overrides.previous IS 'The label before.';
COMMENT ON COLUMN classification_overrides.override_by IS 'The administrator (sub claim), or erased:sub_….';
COMMENT ON COLUMN classification_overrides.override_at IS 'From when it holds.';

CREATE TRIGGER classification_overrides_insert_only BEFORE DELETE OR TRUNCATE ON classification_overrides
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE classification_overrides ENABLE ALWAYS TRIGGER classification_overrides_insert_only;
CREATE TRIGGER classification_overrides_erase_only BEFORE UPDATE ON classification_overrides
  FOR EACH ROW EXECUTE FUNCTION erase_only();
ALTER TABLE classification_overrides ENABLE ALWAYS TRIGGER classification_overrides_erase_only;

CREATE TABLE item_labels (
  item_id text PRIMARY KEY,
  original_level text NOT NULL CHECK (original_level IN ('public', 'internal', 'confidential', 'restricted')),
  classification text NOT NULL CHECK (classification IN ('public', 'internal', 'confidential', 'restricted')),
  reasons jsonb NOT NULL CHECK (jsonb_typeof(reasons) = 'array'),
  seen_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE item_labels IS 'Items whose content was found to be more confidential than their source says, as last seen.';
COMMENT ON COLUMN item_labels.item_id IS 'Source and item: github:acme/website#7.';
COMMENT ON COLUMN item_labels.original_level IS 'The word of the source.';
COMMENT ON COLUMN item_labels.reasons IS 'What was found: payment_card, credential. Never the text.';
COMMENT ON COLUMN item_labels.seen_at IS 'When this was found last, to the month; at once where it was found to be different.';

CREATE TABLE model_usage (
  day text NOT NULL CHECK (day ~ '^\d{4}-\d{2}-\d{2}$'),
  scope text NOT NULL,
  tokens bigint NOT NULL CHECK (tokens >= 0),
  PRIMARY KEY (day, scope)
);
COMMENT ON TABLE model_usage IS 'Tokens of one day, reserved and used, counted for everybody, for each unit and for each person.';
COMMENT ON COLUMN model_usage.day IS 'UTC.';
COMMENT ON COLUMN model_usage.scope IS 'tenant, unit:<slash path>, user:<sub claim>, user:erased:sub_….';
COMMENT ON COLUMN model_usage.tokens IS 'Sum of the reservations under way and of what finished calls used.';

CREATE TABLE model_calls (
  call_id text PRIMARY KEY,
  day text NOT NULL,
  user_id text NOT NULL,
  org_unit text NOT NULL,
  reserved bigint NOT NULL CHECK (reserved >= 0),
  used bigint NOT NULL CHECK (used >= 0),
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX model_calls_by_day ON model_calls (day);
COMMENT ON TABLE model_calls IS 'One row per call of a model, however often it is tried.';
COMMENT ON COLUMN model_calls.call_id IS 'Names the call across retries: <request>/plan.';
COMMENT ON COLUMN model_calls.day IS 'The day that it counts for, UTC.';
COMMENT ON COLUMN model_calls.reserved IS 'Tokens held for the try that is under way; 0 when none is.';
COMMENT ON COLUMN model_calls.used IS 'Tokens that the model said were used, all tries together.';

-- Run as the owner of the tables: the tenant's own role deletes nothing.
CREATE FUNCTION forget_model_use(p_before timestamptz, p_first_day text, p_held jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER AS $$
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
END $$;
COMMENT ON FUNCTION forget_model_use(timestamptz, text, jsonb) IS 'Deletes calls of models made before a time and token counts of days before a day, but for held ones [{userId, from, to}]; says how many rows.';

CREATE FUNCTION forget_item_labels(p_before timestamptz, p_held jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER AS $$
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
END $$;
COMMENT ON FUNCTION forget_item_labels(timestamptz, jsonb) IS 'Deletes labels of items that were not read since a time, but for those under a hold of the whole tenant; says how many.';

DO $$
DECLARE
  tenant text := current_setting('openclaw.tenant_role');
  v_function text;
BEGIN
  FOREACH v_function IN ARRAY ARRAY['forget_model_use(timestamptz, text, jsonb)', 'forget_item_labels(timestamptz, jsonb)'] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', v_function, current_schema());
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', v_function);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', v_function, tenant);
  END LOOP;
  EXECUTE format('GRANT SELECT, INSERT ON classification_overrides, item_labels, model_usage, model_calls TO %I', tenant);
  EXECUTE format('GRANT UPDATE (original_level, classification, reasons, seen_at) ON item_labels TO %I', tenant);
  EXECUTE format('GRANT UPDATE (tokens) ON model_usage TO %I', tenant);
  EXECUTE format('GRANT UPDATE (day, reserved, used) ON model_calls TO %I', tenant);
END $$;
