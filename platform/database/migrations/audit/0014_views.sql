-- Up Migration
-- Each event says who sees its entries: a unit's readers and the person who acted, that person, or the tenant's alone.

DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('GRANT CREATE ON SCHEMA ledger TO %I', prefix || '_ledger_reader');
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_reader');
END $$;

-- The same table as domain/audit/audit-view.ts. Without a SET clause, so that the planner sees through it.
CREATE FUNCTION ledger.view_of(p_event text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
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
$$;
COMMENT ON FUNCTION ledger.view_of(text) IS 'Who sees the entries of an event besides the tenant''s readers: unit = the unit''s and the person who acted, own = that person, tenant = nobody. A connector''s is work; of ours, what is unknown is the tenant''s.';

CREATE OR REPLACE FUNCTION ledger.matching(p_tenant text, p_visibility jsonb, p_filters jsonb) RETURNS SETOF ledger.audit_entries
LANGUAGE sql STABLE AS $$
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
$$;
COMMENT ON FUNCTION ledger.matching(text, jsonb, jsonb) IS 'Entries that a person may see and asked for, by the view of each event; an unknown kind of visibility sees nothing. A user id comes with its subject.';
COMMENT ON FUNCTION ledger.read_entries(text, jsonb, jsonb, jsonb) IS 'One page, newest first: {limit, offset, after: {timestamp, id}, countTo}. The total is counted up to countTo, wholly where that is null, and not at all for 0. Visibility is {kind: tenant | org | own} with subject and userId of who reads, and orgUnit for org.';

REVOKE ALL ON FUNCTION ledger.view_of FROM PUBLIC;
DO $$
DECLARE
  prefix text := current_setting('openclaw.prefix');
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', prefix || '_ledger_owner');
  EXECUTE format('REVOKE CREATE ON SCHEMA ledger FROM %I', prefix || '_ledger_reader');
END $$;

RESET ROLE;
