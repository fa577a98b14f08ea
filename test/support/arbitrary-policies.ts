import fc from 'fast-check';
import { classifications } from '#domain/classification/classification.ts';
import { roles } from '#domain/person/role.ts';
import {
  autonomyLevels,
  type CheckedPolicy,
  connectorPermissions,
  features,
  type GovernedDomain,
  type RulesOf,
  teamLeadVisibilities,
} from '#domain/policy/rules.ts';
import { samplePolicy } from './sample-policy.ts';

type Stated = 'all' | 'some';

/** Places on the way to one person, most authority first. */
export const places = [
  'enterprise',
  'org engineering',
  'org engineering/web',
  'team engineering',
  'user engineering/web',
];

const autonomy = fc.constantFrom(...autonomyLevels);
const permission = fc.constantFrom(...connectorPermissions);
const label = fc.constantFrom(...classifications);
const models = ['local', 'gpt-5.1', 'claude-5'];
const peers = ['bob', 'eve', 'engineering/api'];
const operations = ['read_issues', 'comment_issue', 'close_pr'];
const override = fc.record({ permission, allowed_operations: fc.subarray(operations) }, { requiredKeys: [] });

/** `all`: every field is said; `some`: any may be left out. */
export const rulesOf: { [D in GovernedDomain]: (stated: Stated) => fc.Arbitrary<RulesOf[D]> } = {
  actions: (stated) =>
    fc.record(
      {
        default_autonomy: autonomy,
        action_overrides: fc.record(
          { email_read: autonomy, jira_comment: autonomy, email_delete: autonomy },
          keysOf(stated),
        ),
      },
      keysOf(stated),
    ),
  integrations: (stated) =>
    fc.record(
      {
        allowed_connectors: fc.subarray(['github', 'jira']),
        default_permission: permission,
        connector_overrides: fc.record({ github: override, jira: override }, { requiredKeys: [] }),
      },
      keysOf(stated),
    ),
  models: (stated) =>
    fc.record(
      {
        allowed_models: fc.subarray(models),
        allow_external_models: fc.boolean(),
        max_tokens_per_request: fc.constantFrom(100, 300, 1_000),
        max_tokens_per_day: fc.constantFrom(200, 1_000, 5_000),
        confidential_data_models: fc.subarray(models),
        restricted_data_models: fc.subarray(models),
      },
      keysOf(stated),
    ),
  agent_to_agent: (stated) =>
    fc.record(
      {
        allow_inbound: fc.boolean(),
        allow_outbound: fc.boolean(),
        max_classification_outbound: label,
        allowed_peers: fc.subarray(peers),
        blocked_peers: fc.subarray(peers),
        require_encryption: fc.boolean(),
        loop_prevention_max_hops: fc.constantFrom(0, 2, 5),
      },
      keysOf(stated),
    ),
  features: (stated) =>
    fc.record(
      {
        task_intelligence: fc.boolean(),
        auto_response: fc.boolean(),
        work_tracking: fc.boolean(),
        org_intelligence: fc.boolean(),
        visualization: fc.boolean(),
        auto_response_autonomy: autonomy,
      },
      keysOf(stated),
    ),
  data: (stated) =>
    fc.record(
      {
        default_classification: label,
        allow_ai_reclassification: fc.boolean(),
        ai_reclassification_direction: fc.constant('upgrade_only'),
        retention_days: fc.constantFrom(30, 90, 365),
        ephemeral_data_ttl_hours: fc.constantFrom(1, 24),
        allow_data_export: fc.boolean(),
        export_max_classification: label,
      },
      keysOf(stated),
    ),
  audit: (stated) =>
    fc.record(
      {
        log_all_actions: fc.boolean(),
        log_policy_decisions: fc.boolean(),
        log_data_access: fc.boolean(),
        log_model_calls: fc.boolean(),
        log_token_counts: fc.boolean(),
        minimum_retention_days: fc.constantFrom(365, 730),
        allow_export: fc.boolean(),
        export_roles: fc.subarray([...roles]),
        team_lead_visibility: fc.constantFrom(...teamLeadVisibilities),
      },
      keysOf(stated),
    ),
};

/** Policies of one person, the topmost first; several may share a position. */
export function chainOf<D extends GovernedDomain>(
  domain: D,
  { stated, granting }: { stated: Stated; granting: boolean },
): fc.Arbitrary<CheckedPolicy<D>[]> {
  const rules = rulesOf[domain](stated);
  const one = fc.record({
    at: fc.constantFrom(...places),
    rules,
    mayGrant: granting ? fc.option(rules, { nil: undefined }) : fc.constant(undefined),
  });
  return fc
    .array(one, { minLength: 1, maxLength: 6 })
    .map((policies) =>
      policies
        .toSorted((a, b) => places.indexOf(a.at) - places.indexOf(b.at))
        .map(({ at, rules: value, mayGrant }, n) =>
          samplePolicy(domain, { at, rules: value, id: `pol_${n}`, ...(mayGrant && { mayGrant }) }),
        ),
    );
}

type Question = Readonly<Record<string, unknown>>;

/** Questions that reach every rule of a domain, as the Rego gets them. */
export const questionsOf: Readonly<Record<GovernedDomain, readonly Question[]>> = {
  actions: product({ action: ['email_read', 'jira_comment', 'email_delete'] }, { effect: ['read', 'write'] }),
  integrations: product(
    { target_system: ['github', 'jira', 'gmail'] },
    { operation: operations, effect: ['read', 'write'] },
  ),
  models: product(
    { action: ['model_call'], data_classification: [...classifications, 'secret'] },
    {
      model: models,
      external: [true, false],
      prompt_tokens: [50, 250],
      max_output_tokens: [50],
      tokens_today: [0, 800],
    },
  ),
  agent_to_agent: product(
    {
      action: ['agent_exchange', 'agent_exchange_cross_org'],
      tenant_id: ['acme'],
      data_classification: ['internal', 'restricted'],
    },
    {
      exchange_type: ['information_query', 'commitment_request'],
      direction: ['inbound', 'outbound'],
      source_tenant: ['acme'],
      target_tenant: ['acme'],
      source_org: ['engineering/web'],
      target_org: ['engineering/api', 'sales'],
      peer: ['bob', 'eve'],
      hops: [1, 3],
      encrypted: [true, false],
    },
    // Every third: 256 combinations say no more than these.
  ).filter((_, n) => n % 3 === 0),
  features: product(
    { action: ['feature_access'] },
    { feature: [...features, 'telepathy'], effect: ['read', 'write'] },
  ),
  data: product(
    { data_classification: [...classifications, 'secret'] },
    { purpose: ['export', 'share', 'answer'] },
  ),
  audit: product({ action: ['audit_export', 'audit_read'] }, { role: [...roles, 'root'] }),
};

function keysOf(stated: Stated): { requiredKeys?: [] } {
  return stated === 'all' ? {} : { requiredKeys: [] };
}

type Choices = Readonly<Record<string, readonly unknown[]>>;

function product(fields: Choices, additional: Choices): Question[] {
  return combinations(fields).flatMap((question) =>
    combinations(additional).map((more) => ({ ...question, additional: more })),
  );
}

function combinations(choices: Choices): Question[] {
  return Object.entries(choices).reduce<Question[]>(
    (made, [name, values]) => made.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}
