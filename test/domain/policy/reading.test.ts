import { describe, expect, it } from 'vitest';
import { mergePolicies } from '#domain/policy/merge.ts';
import { effectiveRules } from '#domain/policy/reading.ts';
import { policyRules } from '#domain/policy/rules.schema.ts';
import { type CheckedPolicy, type GovernedDomain, governedDomains } from '#domain/policy/rules.ts';
import { shippedPolicies } from '#governance/policy/change/shipped-policies.ts';
import { effectivePolicy, effectiveRulesOf } from '#governance/policy/effective.ts';
import { demoPolicies } from '#sandbox/demo/policies.ts';
import { samplePolicy } from '../../support/sample-policy.ts';

const ada = { userId: 'ada', orgUnit: 'engineering/web' };
const made = { by: 'test', at: new Date('2026-01-01T00:00:00Z') };

function read<D extends GovernedDomain>(domain: D, ...policies: CheckedPolicy<D>[]) {
  const merged = mergePolicies(domain, policies);
  if (merged === undefined) throw new Error('policies expected');
  return effectiveRules(domain, merged);
}

describe('the effective policy in the dialect of rules', () => {
  it('says of the shipped policies what they say themselves', () => {
    const shipped = shippedPolicies(made);
    for (const { domain, rules } of shipped) {
      if (!['actions', 'features', 'data', 'audit'].includes(domain)) continue;
      expect(effectiveRulesOf(domain, ada, shipped)).toMatchObject(rules);
    }
    expect(effectiveRulesOf('models', ada, shipped)).toEqual({
      allowed_models: undefined,
      allow_external_models: false,
      max_tokens_per_request: 32_000,
      max_tokens_per_day: 1_000_000,
      confidential_data_models: [],
      restricted_data_models: [],
    });
  });

  it('fits the schema of its domain', () => {
    for (const domain of governedDomains) {
      const rules = effectiveRulesOf(domain, ada, demoPolicies(made));
      expect(policyRules[domain].safeParse(JSON.parse(JSON.stringify(rules))).success).toBe(true);
    }
  });

  it('tells what engineering may do with GitHub', () => {
    const rules = effectiveRulesOf('integrations', ada, demoPolicies(made));
    expect(rules?.allowed_connectors?.toSorted()).toEqual(['gcal', 'gdrive', 'github', 'gmail', 'jira']);
    expect(rules?.connector_overrides?.github).toEqual({
      permission: 'read_write',
      allowed_operations: ['comment_issue', 'comment_pr', 'read_commits', 'read_issues', 'read_prs'],
    });
    expect(rules?.connector_overrides?.jira).toMatchObject({ permission: 'read' });
  });

  it('tells overrides and defaults of actions', () => {
    const enterprise = samplePolicy('actions', {
      rules: {
        default_autonomy: 'notify',
        action_overrides: { email_delete: 'block', email_read: 'notify' },
      },
    });
    const org = samplePolicy('actions', { at: 'org engineering', rules: { default_autonomy: 'approve' } });
    expect(read('actions', enterprise, org)).toEqual({
      default_autonomy: 'approve',
      action_overrides: { email_delete: 'block', email_read: 'notify' },
    });
  });

  it('is nothing where no policy speaks', () => {
    expect(effectiveRulesOf('data', ada, [])).toBeUndefined();
    expect(effectivePolicy([])).toEqual({ policy: {} });
  });
});

describe('what a field means below', () => {
  it.each<[string, object, object]>([
    ['switches that permit', { allow_export: true }, { allow_export: false }],
    ['switches that oblige', { log_token_counts: false }, { log_token_counts: true }],
    ['a floor', { minimum_retention_days: 400 }, { minimum_retention_days: 730 }],
    ['a list', { export_roles: ['org_admin', 'enterprise_admin'] }, { export_roles: ['org_admin'] }],
  ])('of audit, nothing: %s', (_, above, below) => {
    const rules = read(
      'audit',
      samplePolicy('audit', { rules: above }),
      samplePolicy('audit', { at: 'org engineering', rules: below }),
      samplePolicy('audit', { at: 'user engineering', rules: below }),
    );
    expect(rules).toMatchObject(above);
  });

  it.each([
    ['less', 'team', 'own', 'own'],
    ['not more', 'own', 'team', 'own'],
  ] as const)('what team leads see: %s', (_, above, below, together) => {
    const rules = read(
      'audit',
      samplePolicy('audit', { rules: { team_lead_visibility: above } }),
      samplePolicy('audit', { at: 'org engineering', rules: { team_lead_visibility: below } }),
    );
    expect(rules.team_lead_visibility).toBe(together);
  });

  it('switches that permit: both', () => {
    const rules = read(
      'data',
      samplePolicy('data', { rules: { allow_data_export: true } }),
      samplePolicy('data', { at: 'org engineering', rules: { allow_data_export: false } }),
    );
    expect(rules.allow_data_export).toBe(false);
  });

  it('switches that oblige: one', () => {
    const rules = read(
      'agent_to_agent',
      samplePolicy('agent_to_agent', { rules: { require_encryption: false } }),
      samplePolicy('agent_to_agent', { at: 'org engineering', rules: { require_encryption: true } }),
    );
    expect(rules.require_encryption).toBe(true);
  });

  it('a list of what is allowed: what both name', () => {
    const rules = read(
      'models',
      samplePolicy('models', { rules: { allowed_models: ['a', 'b'] } }),
      samplePolicy('models', { at: 'org engineering', rules: { allowed_models: ['b', 'c'] } }),
    );
    expect(rules.allowed_models).toEqual(['b']);
  });

  it('block lists: all that any level names', () => {
    const rules = read(
      'agent_to_agent',
      samplePolicy('agent_to_agent', { rules: { blocked_peers: ['eve'] } }),
      samplePolicy('agent_to_agent', { at: 'org engineering', rules: { blocked_peers: ['mallory'] } }),
      samplePolicy('agent_to_agent', { at: 'team engineering', rules: { blocked_peers: [] } }),
    );
    expect(rules.blocked_peers?.toSorted()).toEqual(['eve', 'mallory']);
  });

  it('numbers: the lower, and no limit where none is said', () => {
    const rules = read(
      'models',
      samplePolicy('models', { rules: { max_tokens_per_day: 500 } }),
      samplePolicy('models', { at: 'org engineering', rules: { max_tokens_per_day: 900 } }),
    );
    expect(rules).toMatchObject({ max_tokens_per_day: 500, max_tokens_per_request: undefined });
  });

  it('labels: the lower of two ceilings, the higher of two defaults', () => {
    const rules = read(
      'data',
      samplePolicy('data', {
        rules: { export_max_classification: 'confidential', default_classification: 'confidential' },
      }),
      samplePolicy('data', {
        at: 'org engineering',
        rules: { export_max_classification: 'internal', default_classification: 'public' },
      }),
    );
    expect(rules).toMatchObject({
      export_max_classification: 'internal',
      default_classification: 'confidential',
    });
  });

  it('what the topmost policy leaves out: the strict side, or the default that the product documents', () => {
    expect(read('audit', samplePolicy('audit', { rules: {} }))).toMatchObject({
      log_all_actions: true,
      minimum_retention_days: 365,
      allow_export: false,
      export_roles: ['enterprise_admin'],
      team_lead_visibility: 'team',
    });
    expect(read('agent_to_agent', samplePolicy('agent_to_agent', { rules: {} }))).toMatchObject({
      allow_inbound: false,
      allow_outbound: false,
      max_classification_outbound: 'public',
      require_encryption: true,
      loop_prevention_max_hops: 5,
    });
    expect(read('data', samplePolicy('data', { rules: {} }))).toEqual({
      default_classification: 'internal',
      allow_ai_reclassification: true,
      ai_reclassification_direction: 'upgrade_only',
      retention_days: 365,
      ephemeral_data_ttl_hours: 24,
      allow_data_export: true,
      export_max_classification: 'internal',
    });
    expect(read('features', samplePolicy('features', { rules: {} }))).toMatchObject({
      auto_response: false,
      auto_response_autonomy: 'approve',
    });
  });
});
