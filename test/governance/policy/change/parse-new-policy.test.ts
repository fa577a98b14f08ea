import { describe, expect, it } from 'vitest';
import type { PolicyDomain } from '#domain/policy/policy.ts';
import { strictest } from '#domain/policy/verdict.ts';
import { parseNewPolicy } from '#governance/policy/change/parse-new-policy.ts';
import { shippedPolicies } from '#governance/policy/change/shipped-policies.ts';
import { createPolicyEvaluator } from '#governance/policy/evaluate.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';

const module = await loadRegoModule();
const made = { by: 'ada', at: new Date('2026-01-01T00:00:00Z') };
const shipped = shippedPolicies(made);

const body = (domain: string, rules: object, more: object = {}) => ({
  name: 'Engineering',
  domain,
  scope: { level: 'org', org_unit: 'engineering' },
  status: 'active',
  rules,
  change_reason: 'because',
  ...more,
});
const parse = (given: unknown) => parseNewPolicy(given, { ...made, among: shipped });

function violations(domain: PolicyDomain, rules: object): unknown {
  try {
    parse(body(domain, rules));
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("a person's own policy", () => {
  const blocking = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`action_${n}`, 'block']));
  const rules = { action_overrides: blocking(1_000) };

  it('takes up less than one of a unit may', () => {
    expect(parse(body('actions', rules))).toMatchObject({ domain: 'actions' });
    const own = { scope: { level: 'user', user_id: 'mia', org_unit: 'engineering' } };
    expect(() => parse(body('actions', rules, own))).toThrow(
      expect.objectContaining({ code: 'PAYLOAD_TOO_LARGE' }),
    );
    expect(parse(body('actions', { action_overrides: blocking(100) }, own))).toMatchObject({
      scope: { level: 'user' },
    });
  });
});

describe('a policy below the shipped ones', () => {
  it.each<[PolicyDomain, object]>([
    ['models', { allowed_models: ['llama-4', 'mistral:7b'], max_tokens_per_request: 8_000 }],
    ['models', { allow_external_models: false, confidential_data_models: [] }],
    ['agent_to_agent', { allow_inbound: false, blocked_peers: ['eve@example.com', 'sales'] }],
    ['features', { visualization: false, auto_response_autonomy: 'block' }],
    ['data', { export_max_classification: 'public', default_classification: 'confidential' }],
    ['audit', { team_lead_visibility: 'own' }],
  ])('of %s may restrict: %o', (domain, rules) => {
    expect(parse(body(domain, rules))).toMatchObject({ domain, rules, version: 1, status: 'active' });
  });

  it.each<[PolicyDomain, object, readonly string[]]>([
    [
      'models',
      { allow_external_models: true, max_tokens_per_day: 2_000_000, restricted_data_models: ['gpt-5.1'] },
      [
        'allow_external_models cannot enable what "Shipped enterprise models" (enterprise) turns off',
        'max_tokens_per_day: 2000000 exceeds what "Shipped enterprise models" (enterprise) grants (1000000)',
        'restricted_data_models: gpt-5.1 would expand beyond what "Shipped enterprise models" (enterprise) grants (false)',
      ],
    ],
    [
      'agent_to_agent',
      { max_classification_outbound: 'restricted', require_encryption: false, loop_prevention_max_hops: 9 },
      [
        'max_classification_outbound: restricted is less restrictive than what "Shipped enterprise agent exchange" (enterprise) grants (internal)',
        'require_encryption: false is less restrictive than what "Shipped enterprise agent exchange" (enterprise) grants (true)',
        'loop_prevention_max_hops: 9 exceeds what "Shipped enterprise agent exchange" (enterprise) grants (5)',
      ],
    ],
    [
      'features',
      { org_intelligence: true, auto_response_autonomy: 'autonomous' },
      [
        'org_intelligence cannot enable what "Shipped enterprise features" (enterprise) turns off',
        'auto_response_autonomy: autonomous is less restrictive than what "Shipped enterprise features" (enterprise) grants (approve)',
      ],
    ],
    [
      'data',
      { export_max_classification: 'confidential', default_classification: 'public' },
      [
        'default_classification: public is less restrictive than what "Shipped enterprise data" (enterprise) grants (internal)',
        'export_max_classification: confidential is less restrictive than what "Shipped enterprise data" (enterprise) grants (internal)',
      ],
    ],
  ])('of %s hears of every violation of %o', (domain, rules, detail) => {
    expect(violations(domain, rules)).toMatchObject({ code: 'POLICY_HIERARCHY_VIOLATION', detail });
  });

  it.each<[PolicyDomain, object, readonly string[]]>([
    [
      'data',
      { retention_days: 30, ephemeral_data_ttl_hours: 1 },
      ['retention_days', 'ephemeral_data_ttl_hours'],
    ],
    ['data', { retention_days: 90 }, ['retention_days']],
    ['audit', { minimum_retention_days: 730, export_roles: [] }, ['minimum_retention_days', 'export_roles']],
    ['audit', { log_token_counts: false, export_roles: ['org_admin'] }, ['log_token_counts', 'export_roles']],
    ['actions', { action_overrides: { audit_read: 'block' } }, ['action_overrides.audit_read']],
  ])('of %s does not say what is the enterprise’s alone: %o', (domain, rules, fields) => {
    const problem = "only the enterprise's policies say this";
    const detail = fields.map((field) => ({ field: `rules.${field}`, problem }));
    expect(violations(domain, rules)).toMatchObject({ code: 'POLICY_ENTERPRISE_ONLY', detail });
  });

  it('may call its domain agent-to-agent', () => {
    expect(parse(body('agent-to-agent', { allow_inbound: false })).domain).toBe('agent_to_agent');
  });

  it('names its unit in the one spelling of it', () => {
    const unit = (org_unit: string) => parse(body('data', {}, { scope: { level: 'team', org_unit } })).scope;
    expect(unit('Engineering/Web').orgUnit).toBe('engineering/web');
  });
});

describe('bad input', () => {
  it('a policy of 5 MB is refused for its size', () => {
    const large = body('models', { allowed_models: Array.from({ length: 50_000 }, () => 'm'.repeat(100)) });
    expect(() => parse(large)).toThrow(expect.objectContaining({ code: 'PAYLOAD_TOO_LARGE' }));
  });

  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'policy'],
    ['a list', []],
    ['an unknown domain', body('weather', {})],
    ['a domain in another case', body('Models', {})],
    ['an unknown field', body('data', { retention_weeks: 4 })],
    ['an unknown field in may_grant', body('data', {}, { may_grant: { everything: true } })],
    ['a field of another domain', body('audit', { retention_days: 400 })],
    ['rules that are a list', body('data', [])],
    ['rules that point to themselves', body('data', cyclic)],
    ['a floor below that of the product', body('audit', { minimum_retention_days: 364 })],
    ['a direction that could lower labels', body('data', { ai_reclassification_direction: 'any' })],
    ['a number as text', body('models', { max_tokens_per_day: '100' })],
    ['a number below zero', body('models', { max_tokens_per_day: -1 })],
    ['half a token', body('models', { max_tokens_per_day: 0.5 })],
    ['no number', body('models', { max_tokens_per_day: Number.NaN })],
    ['a number without end', body('data', { retention_days: Number.POSITIVE_INFINITY })],
    ['an unknown role', body('audit', { export_roles: ['root'] })],
    ['an unknown label', body('data', { export_max_classification: 'secret' })],
    ['a switch that is a word', body('features', { visualization: 'true' })],
    ['a model that stands for all', body('models', { allowed_models: ['*'] })],
    ['a model with a space', body('models', { allowed_models: ['gpt 5'] })],
    [
      'more than 500 models',
      body('models', { allowed_models: Array.from({ length: 501 }, (_, n) => `m${n}`) }),
    ],
    ['a peer with a NUL', body('agent_to_agent', { blocked_peers: ['eve\u0000'] })],
    ['a NUL in the reason', body('data', {}, { change_reason: 'a\u0000b' })],
    ...[
      'a/../b',
      'a//b',
      'engineering/',
      '/engineering',
      '..',
      '.',
      '',
      '/',
      'a/./b',
      'a\u0000b',
      'a\nb',
      'a/ b',
      `${'a/'.repeat(300)}a`,
    ].map(
      (org_unit) =>
        [
          `the unit ${JSON.stringify(org_unit).slice(0, 30)}`,
          body('data', {}, { scope: { level: 'team', org_unit } }),
        ] as [string, unknown],
    ),
  ])('%s is refused', (_, given) => {
    expect(() => parse(given)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
  });
});

describe('rules that contradict each other', () => {
  const actor = { tenantId: 'acme', userId: 'ada', role: 'user', orgUnit: 'engineering' } as const;
  const call = { id: 'model_call', connector: 'openclaw', operation: 'call_model', effect: 'read' } as const;
  const comment = {
    id: 'jira_comment',
    connector: 'jira',
    operation: 'comment_issue',
    effect: 'write',
  } as const;
  const exchange = {
    id: 'agent_exchange',
    connector: 'openclaw',
    operation: 'exchange',
    effect: 'read',
  } as const;

  async function verdict(
    domain: PolicyDomain,
    rules: object,
    asked: { facts: typeof call | typeof comment | typeof exchange; additional?: Record<string, unknown> },
  ) {
    const others = shipped.filter((policy) => policy.domain !== domain);
    const policy = parseNewPolicy(body(domain, rules, { scope: { level: 'enterprise' } }), {
      ...made,
      among: [],
    });
    const evaluator = createPolicyEvaluator({
      module,
      readPolicies: async () => ({ revision: 1, policies: [...others, policy] }),
      actions: [call, comment, exchange],
    });
    const answers = await evaluator.evaluate({ actor, classification: 'internal', ...asked });
    return strictest(answers.filter((rule) => rule.domain === domain).map((rule) => rule.verdict));
  }

  it('a peer that is allowed and blocked is blocked', async () => {
    const additional = {
      exchange_type: 'information_query',
      direction: 'outbound',
      source_tenant: 'acme',
      target_tenant: 'acme',
      source_org: 'engineering',
      target_org: 'engineering',
      peer: 'bob',
      hops: 0,
      encrypted: true,
    };
    const open = { allow_outbound: true, max_classification_outbound: 'internal', allowed_peers: ['bob'] };
    expect(await verdict('agent_to_agent', open, { facts: exchange, additional })).toBe('allow');
    const both = { ...open, blocked_peers: ['bob'] };
    expect(await verdict('agent_to_agent', both, { facts: exchange, additional })).toBe('deny');
  });

  it('an external model that is listed where none is allowed is not called', async () => {
    const additional = { model: 'gpt-5.1', external: true };
    const rules = { allowed_models: ['gpt-5.1'], confidential_data_models: ['gpt-5.1'] };
    expect(
      await verdict('models', { ...rules, allow_external_models: true }, { facts: call, additional }),
    ).toBe('allow');
    expect(await verdict('models', rules, { facts: call, additional })).toBe('deny');
  });

  it('a write that is listed under permission to read is not made, nor one of a connector not allowed', async () => {
    const jira = { permission: 'read_write', allowed_operations: ['comment_issue'] };
    const rules = { allowed_connectors: ['jira'], connector_overrides: { jira } };
    expect(await verdict('integrations', rules, { facts: comment })).toBe('allow');
    const reading = { ...rules, connector_overrides: { jira: { ...jira, permission: 'read' } } };
    expect(await verdict('integrations', reading, { facts: comment })).toBe('deny');
    expect(await verdict('integrations', { ...rules, allowed_connectors: [] }, { facts: comment })).toBe(
      'deny',
    );
  });
});
