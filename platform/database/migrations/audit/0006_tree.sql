-- Up Migration
-- The tree over the entries of each tenant (RFC 6962): positions, every eighth level of complete subtrees, signed heads
-- and the keys they are signed with. Insert-only like the entries, and kept when the entries of old months are dropped.

DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('GRANT CREATE ON SCHEMA ledger TO %I, %I', prefix || '_ledger_writer', prefix || '_ledger_reader');
END $$;

CREATE TABLE ledger.tree_leaves (
  tenant_id text NOT NULL,
  position bigint NOT NULL CHECK (position >= 0),
  entry_id text NOT NULL,
  "timestamp" timestamptz NOT NULL,
  leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32),
  PRIMARY KEY (tenant_id, position),
  UNIQUE (tenant_id, entry_id, "timestamp")
);
COMMENT ON TABLE ledger.tree_leaves IS 'The place of each entry in the tree of its tenant.';
COMMENT ON COLUMN ledger.tree_leaves.position IS 'From 0, without gaps.';
COMMENT ON COLUMN ledger.tree_leaves.entry_id IS 'Audit entry; its row is dropped with its month, this one stays.';
COMMENT ON COLUMN ledger.tree_leaves."timestamp" IS 'The entry''s own time.';
COMMENT ON COLUMN ledger.tree_leaves.leaf_hash IS 'As it was when the entry got its place.';

CREATE TABLE ledger.tree_nodes (
  tenant_id text NOT NULL,
  level smallint NOT NULL CHECK (level > 0 AND level % 8 = 0),
  index bigint NOT NULL CHECK (index >= 0),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  PRIMARY KEY (tenant_id, level, index)
);
COMMENT ON TABLE ledger.tree_nodes IS 'Roots of complete subtrees of 2^8, 2^16 … leaves, so that a proof reads few rows.';
COMMENT ON COLUMN ledger.tree_nodes.level IS 'A subtree of 2^level leaves.';
COMMENT ON COLUMN ledger.tree_nodes.index IS 'From 0, within its level.';
COMMENT ON COLUMN ledger.tree_nodes.hash IS 'RFC 6962 hash.';

CREATE TABLE ledger.tree_heads (
  tenant_id text NOT NULL,
  n bigint NOT NULL CHECK (n >= 1),
  size bigint NOT NULL CHECK (size >= 0),
  root_hash bytea NOT NULL CHECK (octet_length(root_hash) = 32),
  at timestamptz NOT NULL,
  previous text,
  key_id text NOT NULL,
  signature text NOT NULL,
  PRIMARY KEY (tenant_id, n)
);
CREATE INDEX tree_heads_by_size ON ledger.tree_heads (tenant_id, size, n);
COMMENT ON TABLE ledger.tree_heads IS 'Signed statements of how the tree stood (docs/audit-format.md).';
COMMENT ON COLUMN ledger.tree_heads.n IS 'From 1, without gaps.';
COMMENT ON COLUMN ledger.tree_heads.size IS 'Leaves that it covers.';
COMMENT ON COLUMN ledger.tree_heads.root_hash IS 'Root over positions 0 to size - 1.';
COMMENT ON COLUMN ledger.tree_heads.previous IS 'SHA-256 (hex) of the head before it; null for the first.';
COMMENT ON COLUMN ledger.tree_heads.key_id IS 'Key that signed it.';
COMMENT ON COLUMN ledger.tree_heads.signature IS 'Ed25519, base64url.';

CREATE TABLE ledger.tree_keys (
  tenant_id text NOT NULL,
  introduced text NOT NULL,
  public_key bytea NOT NULL CHECK (octet_length(public_key) = 32),
  at timestamptz NOT NULL,
  key_id text NOT NULL,
  signature text NOT NULL,
  PRIMARY KEY (tenant_id, introduced)
);
COMMENT ON TABLE ledger.tree_keys IS 'Signed statements that introduce a key: by the key before it, or by itself.';
COMMENT ON COLUMN ledger.tree_keys.introduced IS 'Id of the key that is introduced.';
COMMENT ON COLUMN ledger.tree_keys.public_key IS 'Ed25519, 32 bytes.';
COMMENT ON COLUMN ledger.tree_keys.key_id IS 'Key that signed the statement.';
COMMENT ON COLUMN ledger.tree_keys.signature IS 'Ed25519, base64url.';

DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
  v_table text;
BEGIN
  FOREACH v_table IN ARRAY ARRAY['tree_leaves', 'tree_nodes', 'tree_heads', 'tree_keys'] LOOP
    PERFORM ledger.seal(format('ledger.%I', v_table)::regclass);
    EXECUTE format('CREATE POLICY by_tenant ON ledger.%I USING (tenant_id = current_setting(''ledger.tenant'', true))
      WITH CHECK (tenant_id = current_setting(''ledger.tenant'', true))', v_table);
    EXECUTE format('GRANT SELECT, INSERT ON ledger.%I TO %I', v_table, prefix || '_ledger_writer');
    EXECUTE format('GRANT SELECT ON ledger.%I TO %I', v_table, prefix || '_ledger_reader');
  END LOOP;
END $$;

-- New entries are found by when they arrived; a block index costs an append next to nothing.
CREATE INDEX audit_entries_by_arrival ON ledger.audit_entries USING brin (recorded_at) WITH (pages_per_range = 32, autosummarize = on);

DO $$ BEGIN EXECUTE format('SET LOCAL ROLE %I', current_setting('openclaw.prefix') || '_ledger_writer'); END $$;

CREATE FUNCTION ledger.own_tree(p_tenant text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  PERFORM pg_advisory_xact_lock(hashtextextended('ledger.tree ' || p_tenant, 0));
END $$;
COMMENT ON FUNCTION ledger.own_tree(text) IS 'One writer at a time for the tree of a tenant; appending entries waits for nobody.';

CREATE FUNCTION ledger.sequence(p_tenant text, p_since timestamptz, p_limit integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_next bigint;
  v_added integer;
BEGIN
  PERFORM ledger.own_tree(p_tenant);
  SELECT coalesce(max(position) + 1, 0) INTO v_next FROM ledger.tree_leaves WHERE tenant_id = p_tenant;
  INSERT INTO ledger.tree_leaves (tenant_id, position, entry_id, "timestamp", leaf_hash)
  SELECT p_tenant, v_next + row_number() OVER (ORDER BY new."timestamp", new.id) - 1, new.id, new."timestamp", new.leaf_hash
  FROM (
    SELECT e.id, e."timestamp", e.leaf_hash FROM ledger.audit_entries e
    WHERE e.tenant_id = p_tenant AND e.recorded_at >= coalesce(p_since, '-infinity')
      AND NOT EXISTS (SELECT FROM ledger.tree_leaves l
        WHERE l.tenant_id = p_tenant AND l.entry_id = e.id AND l."timestamp" = e."timestamp")
    ORDER BY e."timestamp", e.id LIMIT p_limit
  ) AS new;
  GET DIAGNOSTICS v_added = ROW_COUNT;
  RETURN v_added;
END $$;
COMMENT ON FUNCTION ledger.sequence(text, timestamptz, integer) IS 'Gives up to p_limit entries without a place the next ones, oldest first; p_since (arrival) spares the look at what came before, null looks at all.';

CREATE FUNCTION ledger.add_tree_key(p_tenant text, p_key jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM ledger.own_tree(p_tenant);
  INSERT INTO ledger.tree_keys (tenant_id, introduced, public_key, at, key_id, signature)
  VALUES (p_tenant, p_key->'claims'->>'keyId', decode(p_key->'claims'->>'publicKey', 'hex'),
    (p_key->'claims'->>'at')::timestamptz, p_key->>'keyId', p_key->>'signature')
  ON CONFLICT DO NOTHING;
  RETURN FOUND;
END $$;
COMMENT ON FUNCTION ledger.add_tree_key(text, jsonb) IS 'A key statement; false when that key is introduced already.';

CREATE FUNCTION ledger.add_head(p_tenant text, p_head jsonb, p_nodes jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_n bigint := (p_head->'claims'->>'n')::bigint;
BEGIN
  PERFORM ledger.own_tree(p_tenant);
  IF v_n IS DISTINCT FROM (SELECT coalesce(max(n), 0) + 1 FROM ledger.tree_heads WHERE tenant_id = p_tenant) THEN
    RETURN false;
  END IF;
  INSERT INTO ledger.tree_nodes (tenant_id, level, index, hash)
  SELECT p_tenant, node.level, node.index, decode(node.hash, 'hex')
  FROM jsonb_to_recordset(p_nodes) AS node(level smallint, index bigint, hash text);
  INSERT INTO ledger.tree_heads (tenant_id, n, size, root_hash, at, previous, key_id, signature)
  VALUES (p_tenant, v_n, (p_head->'claims'->>'size')::bigint, decode(p_head->'claims'->>'rootHash', 'hex'),
    (p_head->'claims'->>'at')::timestamptz, p_head->'claims'->>'previous', p_head->>'keyId', p_head->>'signature');
  RETURN true;
END $$;
COMMENT ON FUNCTION ledger.add_head(text, jsonb, jsonb) IS 'The next head with the subtrees that became complete; false when another worker was faster.';

DO $$ BEGIN
  RESET ROLE;
  EXECUTE format('SET LOCAL ROLE %I', current_setting('openclaw.prefix') || '_ledger_reader');
END $$;

CREATE FUNCTION ledger.head_json(p_head ledger.tree_heads) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object('claims', jsonb_build_object('kind', 'audit-head', 'tenantId', p_head.tenant_id, 'n', p_head.n,
      'size', p_head.size, 'rootHash', encode(p_head.root_hash, 'hex'), 'at', ledger.iso(p_head.at), 'previous', p_head.previous),
    'keyId', p_head.key_id, 'signature', p_head.signature)
$$;
COMMENT ON FUNCTION ledger.head_json(ledger.tree_heads) IS 'A head as it was signed.';

CREATE FUNCTION ledger.read_heads(p_tenant text, p_kind text, p_limit integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
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
END $$;
COMMENT ON FUNCTION ledger.read_heads(text, text, integer) IS 'Heads, newest first: the newest, or the last of each day.';

CREATE FUNCTION ledger.read_heads_from(p_tenant text, p_n bigint, p_limit integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT coalesce(jsonb_agg(ledger.head_json(h) ORDER BY h.n), '[]')
    FROM (SELECT * FROM ledger.tree_heads WHERE tenant_id = p_tenant AND n >= p_n ORDER BY n LIMIT p_limit) h);
END $$;
COMMENT ON FUNCTION ledger.read_heads_from(text, bigint, integer) IS 'Heads from number p_n on, oldest first.';

CREATE FUNCTION ledger.tree_state(p_tenant text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_oldest timestamptz := (SELECT min(to_date(right(c.relname, 7), 'YYYY_MM'))::timestamp AT TIME ZONE 'UTC'
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'ledger.audit_entries'::regclass);
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN jsonb_build_object(
    'leaves', (SELECT coalesce(max(position) + 1, 0) FROM ledger.tree_leaves WHERE tenant_id = p_tenant),
    'expiredLeaves', (SELECT coalesce(max(position) + 1, 0) FROM ledger.tree_leaves
      WHERE tenant_id = p_tenant AND "timestamp" < v_oldest),
    'expiredBefore', ledger.iso(v_oldest),
    'head', (SELECT ledger.head_json(h) FROM ledger.tree_heads h WHERE h.tenant_id = p_tenant ORDER BY h.n DESC LIMIT 1),
    'keys', (SELECT coalesce(jsonb_agg(jsonb_build_object('claims', jsonb_build_object('kind', 'audit-key', 'tenantId', tenant_id,
        'keyId', introduced, 'publicKey', encode(public_key, 'hex'), 'at', ledger.iso(at)), 'keyId', key_id, 'signature', signature)
      ORDER BY at, introduced), '[]') FROM ledger.tree_keys WHERE tenant_id = p_tenant));
END $$;
COMMENT ON FUNCTION ledger.tree_state(text) IS 'How far the tree goes, its newest head, its key statements; expiredLeaves: the first so many may have no entry any more, since months before expiredBefore are gone.';

CREATE FUNCTION ledger.tree_hashes(p_tenant text, p_level integer, p_from bigint, p_count integer) RETURNS bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
END $$;
COMMENT ON FUNCTION ledger.tree_hashes(text, integer, bigint, integer) IS 'Hashes of a stored level one after the other; level 0 are the leaves.';

CREATE FUNCTION ledger.place_of(p_tenant text, p_entry_id text) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  RETURN (SELECT min(position) FROM ledger.tree_leaves WHERE tenant_id = p_tenant AND entry_id = p_entry_id);
END $$;
COMMENT ON FUNCTION ledger.place_of(text, text) IS 'Position of an entry in the tree; null while it has none.';

-- Entries are found by the times that the range spans and joined by hashing, since a month that was just begun has no
-- statistics, and the planner would walk through all of it for each leaf.
CREATE FUNCTION ledger.tree_differences(p_tenant text, p_from bigint, p_to bigint, p_limit integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan
SET enable_nestloop = off AS $$
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
END $$;
COMMENT ON FUNCTION ledger.tree_differences(text, bigint, bigint, integer) IS 'Leaves at positions [p_from, p_to) whose entry is gone or has another leaf hash; nothing when all is well.';

-- Written out, where ledger.entry_json says the same: exports read millions, and a function call for each costs more
-- than the rest. Joined as above.
CREATE FUNCTION ledger.read_places(p_tenant text, p_filters jsonb, p_from bigint, p_to bigint) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan
SET enable_nestloop = off AS $$
DECLARE
  v_first timestamptz;
  v_last timestamptz;
BEGIN
  PERFORM set_config('ledger.tenant', p_tenant, true);
  IF p_to - p_from NOT BETWEEN 1 AND 10000 THEN
    RAISE EXCEPTION 'range of positions out of range' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT min("timestamp"), max("timestamp") INTO v_first, v_last FROM ledger.tree_leaves
  WHERE tenant_id = p_tenant AND position >= p_from AND position < p_to;
  RETURN (SELECT coalesce(json_agg(row_to_json(placed)), '[]') FROM (
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
END $$;
COMMENT ON FUNCTION ledger.read_places(text, jsonb, bigint, bigint) IS 'Entries of the whole tenant at positions [p_from, p_to) that fit the filters, in order.';

DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  REVOKE ALL ON FUNCTION ledger.head_json, ledger.read_heads, ledger.read_heads_from, ledger.tree_state, ledger.tree_hashes, ledger.place_of,
    ledger.tree_differences, ledger.read_places FROM PUBLIC;
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.read_heads, ledger.read_heads_from, ledger.tree_state, ledger.tree_hashes, ledger.place_of,
    ledger.tree_differences, ledger.read_places TO %I', prefix || '_app');
  RESET ROLE;
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_writer');
  REVOKE ALL ON FUNCTION ledger.own_tree, ledger.sequence, ledger.add_tree_key, ledger.add_head FROM PUBLIC;
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.sequence, ledger.add_tree_key, ledger.add_head TO %I', prefix || '_app');
  RESET ROLE;
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('REVOKE CREATE ON SCHEMA ledger FROM %I, %I', prefix || '_ledger_writer', prefix || '_ledger_reader');
END $$;

RESET ROLE;
