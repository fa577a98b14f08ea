import { afterAll, beforeAll, expect, it } from 'vitest';
import { ownActions } from '#domain/action/own-actions.ts';
import { oversightActions } from '#domain/policy/oversight.ts';
import type { Policy, PolicyScope } from '#domain/policy/policy.ts';
import type { GovernedDomain } from '#domain/policy/rules.ts';
import { addMissingPolicies } from '#governance/policy/change/add-missing-policies.ts';
import { shippedPolicies } from '#governance/policy/change/shipped-policies.ts';
import { createPolicyEvaluator } from '#governance/policy/evaluate.ts';
import { newId } from '#platform/new-id.ts';
import { made, module } from '../support/policy-questions.ts';
import { recordEventIn } from '../support/record-event.ts';
import { openTestGateway, people, type TestGateway } from '../support/test-gateway.ts';

/** The strictest that every field of every domain can say. */
const silencing: readonly (readonly [GovernedDomain, object])[] = [
  [
    'actions',
    {
      default_autonomy: 'block',
      action_overrides: Object.fromEntries(oversightActions.map((id) => [id, 'block'])),
    },
  ],
  ['integrations', { allowed_connectors: [], default_permission: 'read', connector_overrides: {} }],
  [
    'models',
    { allowed_models: [], allow_external_models: false, max_tokens_per_request: 0, max_tokens_per_day: 0 },
  ],
  [
    'agent_to_agent',
    { allow_inbound: false, allow_outbound: false, allowed_peers: [], blocked_peers: ['ada'] },
  ],
  ['features', { task_intelligence: false, visualization: false, auto_response_autonomy: 'block' }],
  ['data', { allow_data_export: false, export_max_classification: 'public', retention_days: 1 }],
  ['audit', { allow_export: false, export_roles: [], minimum_retention_days: 730 }],
];

const scopes: readonly PolicyScope[] = [
  { level: 'org', orgUnit: 'company', userId: null },
  { level: 'team', orgUnit: 'company', userId: null },
  { level: 'user', orgUnit: 'company', userId: people.admin.sub },
];

/** As they may lie in a database since before the rule. */
const stored: readonly Policy[] = scopes.flatMap((scope) =>
  silencing.map(([domain, rules]) => ({
    id: newId('policy'),
    name: `silence ${scope.level}`,
    domain,
    scope,
    version: 1,
    status: 'active',
    rules: { ...rules },
    mayGrant: null,
    changeReason: 'before',
    createdBy: people.lead.sub,
    createdAt: made.at.toISOString(),
  })),
);

/** A canary of the enterprise's own policies, for the administrator alone. */
const canaries: readonly Policy[] = silencing.map(([domain, rules]) => ({
  ...stored[0],
  ...shippedPolicies(made).find((policy) => policy.domain === domain),
  id: newId('policy'),
  name: 'silence by canary',
  changeReason: 'before',
  createdBy: people.lead.sub,
  createdAt: made.at.toISOString(),
  scope: { level: 'enterprise', orgUnit: null, userId: null },
  domain,
  rules: { ...rules },
  mayGrant: null,
  version: 2,
  status: 'draft',
  canaryFor: [people.admin.sub],
}));

const admin = {
  tenantId: 'acme',
  userId: people.admin.sub,
  role: 'enterprise_admin',
  orgUnit: 'company',
} as const;

it.each(oversightActions)('%s is decided by the enterprise alone, whatever stands below it', async (id) => {
  const evaluator = createPolicyEvaluator({
    module,
    readPolicies: async () => ({ revision: '1', policies: [] }),
    actions: Object.values(ownActions),
  });
  const facts = Object.values(ownActions).find((action) => action.id === id) ?? ownActions.readAudit;
  const question = {
    actor: admin,
    facts,
    classification: 'internal',
    ...(id === 'audit_export' ? { additional: { purpose: 'export' } } : {}),
  } as const;
  const shipped = shippedPolicies(made);
  const before = await evaluator.evaluateUnder(shipped, question);
  expect(before.map(({ verdict }) => verdict).filter((verdict) => verdict !== 'allow')).toEqual([]);
  for (const policy of [...stored, ...canaries]) {
    expect(await evaluator.evaluateUnder([...shipped, policy], question)).toEqual(before);
  }
  expect(await evaluator.evaluateUnder([...shipped, ...stored, ...canaries], question)).toEqual(before);
  // The enterprise itself may say so.
  const own = shipped.map((policy) =>
    policy.domain === 'actions' ? { ...policy, rules: { action_overrides: { [id]: 'block' } } } : policy,
  );
  const after = await evaluator.evaluateUnder(own, question);
  expect(after.map(({ verdict }) => verdict)).toContain('deny');
});

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway({ RATE_LIMIT_REQUESTS: '10000', OPERATOR_TENANT: 'acme' });
  const now = () => new Date();
  const recordEvent = recordEventIn(gateway.stores, now);
  await addMissingPolicies({ ...gateway.stores, recordEvent, tenantId: 'acme', now, make: () => stored });
});
afterAll(() => gateway?.close());

const asAdmin = async (url: string, payload?: object) => {
  const method = payload === undefined ? 'GET' : 'POST';
  const body = payload === undefined ? {} : { payload };
  return gateway.as(people.admin, { method, url: `/api/v1${url}`, ...body });
};

it('an administrator whom stored policies would silence sees everything', async () => {
  await asAdmin('/requests');
  const urls = ['/audit', '/approvals', '/legal-holds', '/user-data/acme-user/export', '/tenants', '/keys'];
  const statuses = await Promise.all(urls.map(async (url) => [url, (await asAdmin(url)).statusCode]));
  expect(statuses).toEqual(urls.map((url) => [url, 200]));
  // No worker signs heads here: what policy says is over before that is missed.
  expect((await asAdmin('/audit/export')).json()).not.toMatchObject({ error: 'POLICY_DENIED' });
});

it('and policy explains itself so: nothing of them is named', async () => {
  for (const action of oversightActions) {
    const answer = await asAdmin('/policies/evaluate', {
      action,
      context: { data_classification: 'internal', additional: { purpose: 'export' } },
    });
    expect(answer.json()).toMatchObject({ decision: 'allow' });
    expect(answer.body).not.toContain('silence');
  }
  const resolved = await asAdmin('/policies/resolve?domain=actions');
  expect(Object.keys(resolved.json().effective_policy.action_overrides)).not.toContain('audit_read');
  const data = await asAdmin('/policies/resolve?domain=data');
  expect(data.json().effective_policy).toMatchObject({ retention_days: 90, allow_data_export: false });
});

it('a look at the impact of such a change says that nothing changes, and ending one neither', async () => {
  const listed = await asAdmin('/policies?domain=actions&scope_level=org');
  const [silence] = listed.json().policies;
  const impact = await asAdmin(`/policies/${silence.id}/impact`, { deprecate: true });
  const actions = impact.json().changes.map(({ action }: { action: string }) => action);
  expect({ status: impact.statusCode, actions }).toEqual({ status: 200, actions: [] });
});
