import { describe, expect, it } from 'vitest';
import { ownActions } from '#domain/action/own-actions.ts';
import { isOversight, oversightActions } from '#domain/policy/oversight.ts';
import type { Policy, PolicyScope } from '#domain/policy/policy.ts';
import type { GovernedDomain } from '#domain/policy/rules.ts';
import { planCanary } from '#governance/policy/change/plan-canary.ts';
import {
  type PolicyGround,
  planActivation,
  planCreation,
  planDeprecation,
  planRollback,
  planUpdate,
} from '#governance/policy/change/plan-change.ts';
import { shippedPolicies } from '#governance/policy/change/shipped-policies.ts';
import { made } from '../../../support/policy-questions.ts';

/** What only the enterprise's policies say, by hand; each is stricter than what is shipped, so that nothing widens. */
const fields: readonly (readonly [GovernedDomain, string, object])[] = [
  ...[
    'approval_read',
    'audit_export',
    'audit_read',
    'user_data_read',
    'legal_holds_read',
    'decisions_read',
    'tenants_read',
    'keys_read',
  ].map(
    (action) =>
      ['actions', `action_overrides.${action}`, { action_overrides: { [action]: 'block' } }] as const,
  ),
  ['data', 'retention_days', { retention_days: 1 }],
  ['data', 'ephemeral_data_ttl_hours', { ephemeral_data_ttl_hours: 1 }],
  ['audit', 'log_all_actions', { log_all_actions: true }],
  ['audit', 'log_policy_decisions', { log_policy_decisions: true }],
  ['audit', 'log_data_access', { log_data_access: true }],
  ['audit', 'log_model_calls', { log_model_calls: true }],
  ['audit', 'log_token_counts', { log_token_counts: true }],
  ['audit', 'minimum_retention_days', { minimum_retention_days: 730 }],
  ['audit', 'allow_export', { allow_export: false }],
  ['audit', 'export_roles', { export_roles: [] }],
];

const scopes: readonly PolicyScope[] = [
  { level: 'org', orgUnit: 'engineering', userId: null },
  { level: 'team', orgUnit: 'engineering/web', userId: null },
  { level: 'user', orgUnit: 'engineering/web', userId: 'acme-admin' },
];

const shipped = shippedPolicies(made);
const by = { by: 'acme-lead', at: made.at };
const reason = { change_reason: 'an attack' };

/** A version as it may lie in a database since before the rule. */
function stored(domain: GovernedDomain, scope: PolicyScope, more: Partial<Policy> = {}): Policy {
  return {
    id: 'pol_old',
    name: 'old',
    domain,
    scope,
    version: 1,
    status: 'draft',
    rules: {},
    mayGrant: null,
    changeReason: 'before',
    createdBy: 'acme-lead',
    createdAt: made.at.toISOString(),
    ...more,
  };
}

const grid = fields.flatMap(([domain, field, content]) =>
  scopes.flatMap((scope) =>
    (['rules', 'may_grant'] as const).map((part) => ({ domain, field, content, scope, part })),
  ),
);

describe.each(grid)('$part.$field at the level $scope.level', ({ domain, field, content, scope, part }) => {
  const contents: Pick<Policy, 'rules' | 'mayGrant'> =
    part === 'rules' ? { rules: { ...content }, mayGrant: null } : { rules: {}, mayGrant: { ...content } };
  const old = stored(domain, scope, contents);
  const ground = (...versions: Policy[]): PolicyGround => ({
    active: shipped,
    versions,
    unproven: [],
    isOver: false,
    ...by,
  });
  const body = {
    name: 'new',
    domain,
    scope: {
      level: scope.level,
      ...(scope.orgUnit === null ? {} : { org_unit: scope.orgUnit }),
      ...(scope.userId === null ? {} : { user_id: scope.userId }),
    },
    rules: contents.rules,
    may_grant: contents.mayGrant,
    ...reason,
  };
  const change = { rules: contents.rules, may_grant: contents.mayGrant, ...reason };
  const empty = stored(domain, scope);

  it.each<[string, () => unknown]>([
    ['a new policy', () => planCreation({ ...body, status: 'active' }, ground())],
    ['a new draft', () => planCreation({ ...body, status: 'draft' }, ground())],
    ['another version', () => planUpdate(change, ground(empty))],
    [
      'another version of an old one, that leaves it as it is',
      () => planUpdate({ name: 'n', ...reason }, ground(old)),
    ],
    ['an old draft put in force', () => planActivation(reason, ground(old))],
    [
      'an old version again',
      () => planRollback({ to_version: 1, ...reason }, ground(old, { ...empty, version: 2 })),
    ],
    ['a canary of an old draft', () => planCanary({ user_ids: ['acme-admin'], ...reason }, ground(old))],
  ])('is refused by its name in %s', (_, plan) => {
    const detail = [{ field: `${part}.${field}`, problem: expect.any(String) }];
    expect(plan).toThrow(expect.objectContaining({ code: 'POLICY_ENTERPRISE_ONLY', detail }));
  });

  it('can be ended', () => {
    expect(planDeprecation(reason, ground({ ...old, status: 'active' }))).toMatchObject({
      event: 'deprecated',
    });
  });
});

describe.each(fields)('of %s, %s', (domain, field, content) => {
  const inForce = shipped.find((policy) => policy.domain === domain);
  const draft = { ...stored(domain, { level: 'enterprise', orgUnit: null, userId: null }), version: 2 };
  const ground = (rules: object): PolicyGround => ({
    active: shipped,
    versions: [
      { ...draft, ...inForce, version: 1 },
      { ...draft, id: inForce?.id ?? '', rules: { ...inForce?.rules, ...rules } },
    ],
    unproven: [],
    isOver: false,
    ...by,
  });
  const canary = (rules: object) =>
    planCanary({ version: 2, user_ids: ['acme-admin'], ...reason }, ground(rules));
  const other =
    JSON.stringify({ ...inForce?.rules, ...content }) === JSON.stringify(inForce?.rules) ? {} : content;

  it('a canary of the enterprise’s own policy can not change for a few people', () => {
    expect(canary({})).toMatchObject({ event: 'canary_started' });
    if (other === content) {
      const detail = [{ field: `rules.${field}`, problem: expect.any(String) }];
      expect(() => canary(content)).toThrow(
        expect.objectContaining({ code: 'POLICY_ENTERPRISE_ONLY', detail }),
      );
    }
  });

  it('the enterprise may say', () => {
    const all = { ...inForce?.rules, ...content };
    expect(planActivation({ version: 2, ...reason }, ground(all))).toMatchObject({ event: 'activated' });
  });
});

it('oversight is every action of ours on our own data, but for asking a model', () => {
  const ids = Object.values(ownActions).map(({ id }) => id);
  expect(ids.filter((id) => !isOversight(id))).toEqual(['model_call']);
  expect(oversightActions.every((id) => ids.some((own) => own === id))).toBe(true);
});
