-- Up Migration

CREATE TABLE policies (
  id text NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  name text NOT NULL,
  domain text NOT NULL CHECK (domain IN ('models', 'actions', 'integrations', 'agent_to_agent', 'features', 'data', 'audit')),
  level text NOT NULL CHECK (level IN ('enterprise', 'org', 'team', 'user')),
  org_unit text,
  user_id text,
  status text NOT NULL CHECK (status IN ('draft', 'active', 'deprecated')),
  rules jsonb NOT NULL CHECK (jsonb_typeof(rules) = 'object'),
  may_grant jsonb CHECK (jsonb_typeof(may_grant) = 'object'),
  change_reason text NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (id, version),
  CHECK (CASE level
    WHEN 'enterprise' THEN org_unit IS NULL AND user_id IS NULL
    WHEN 'user' THEN user_id IS NOT NULL
    ELSE org_unit IS NOT NULL AND user_id IS NULL END)
);
CREATE UNIQUE INDEX policies_one_active ON policies (domain, level, coalesce(org_unit, ''), coalesce(user_id, ''))
  WHERE status = 'active';
COMMENT ON TABLE policies IS 'Policies as data, every version; at most one is active per domain and position.';
COMMENT ON COLUMN policies.org_unit IS 'Slash path, for org and team.';
COMMENT ON COLUMN policies.user_id IS 'The person (sub claim), for level user.';
COMMENT ON COLUMN policies.status IS 'draft, then active, then deprecated; the only column that ever changes.';
COMMENT ON COLUMN policies.may_grant IS 'Ceiling within which levels below may set their values; null = the value itself.';

CREATE TABLE policy_revision (
  one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
  revision bigint NOT NULL
);
INSERT INTO policy_revision (revision) VALUES (1);
COMMENT ON TABLE policy_revision IS 'One row: a number that moves with every change of an active policy.';
COMMENT ON COLUMN policy_revision.one_row IS 'Always true, so that there is one row.';

CREATE FUNCTION move_policy_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('UPDATE %I.policy_revision SET revision = revision + 1', TG_TABLE_SCHEMA);
  PERFORM pg_notify('openclaw_policies', json_build_object('tenant', substr(TG_TABLE_SCHEMA, 8))::text);
  RETURN NULL;
END $$;
ALTER FUNCTION move_policy_revision() SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION move_policy_revision() IS 'Counts the change and tells listeners of openclaw_policies.';

CREATE TRIGGER policies_move_revision_insert AFTER INSERT ON policies
  FOR EACH ROW WHEN (NEW.status = 'active') EXECUTE FUNCTION move_policy_revision();
CREATE TRIGGER policies_move_revision_update AFTER UPDATE ON policies
  FOR EACH ROW WHEN (OLD.status = 'active' OR NEW.status = 'active') EXECUTE FUNCTION move_policy_revision();

CREATE TABLE people (
  user_id text PRIMARY KEY,
  email text,
  name text,
  role text NOT NULL CHECK (role IN ('user', 'team_lead', 'org_admin', 'enterprise_admin')),
  org_unit text NOT NULL,
  stated_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);
COMMENT ON TABLE people IS 'Who was seen, with the rights that the identity provider stated last.';
COMMENT ON COLUMN people.user_id IS 'The sub claim.';
COMMENT ON COLUMN people.stated_at IS 'When the provider stated role and unit.';
COMMENT ON COLUMN people.seen_at IS 'Last use, to the minute.';
COMMENT ON COLUMN people.revoked_at IS 'Back-channel logout; lifted by a statement that is newer.';

DO $$
DECLARE
  tenant text := current_setting('openclaw.tenant_role');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT ON policies, people TO %I', tenant);
  EXECUTE format('GRANT SELECT ON policy_revision TO %I', tenant);
  EXECUTE format('GRANT UPDATE (status) ON policies TO %I', tenant);
  EXECUTE format('GRANT UPDATE (revision) ON policy_revision TO %I', tenant);
  EXECUTE format('GRANT UPDATE (email, name, role, org_unit, stated_at, seen_at, revoked_at) ON people TO %I', tenant);
END $$;
