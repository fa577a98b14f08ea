import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entriesOf } from '../../../support/audit-entries.ts';
import { patience } from '../../../support/patience.ts';
import { openTestGateway, people, type TestGateway, type TestPerson } from '../../../support/test-gateway.ts';

const seller: TestPerson = {
  sub: 'acme-sales',
  tenant: 'acme',
  groups: ['openclaw-users'],
  orgUnit: 'sales',
};

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await openTestGateway({ RATE_LIMIT_POLICY_MUTATIONS: '10000', RATE_LIMIT_REQUESTS: '10000' });
  for (const person of [...Object.values(people), seller])
    await gateway.as(person, { url: '/api/v1/requests' });
});
afterAll(() => gateway?.close());

async function call(person: TestPerson, line: string, payload?: object) {
  const [method = 'GET', path = ''] = line.split(' ');
  const answer = await gateway.as(person, {
    method,
    url: `/api/v1${path}`,
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: answer.statusCode, body: answer.json() };
}

const evaluate = (person: TestPerson, action: string, more: { user_id?: string; context?: object } = {}) =>
  call(person, 'POST /policies/evaluate', { action, context: { data_classification: 'internal' }, ...more });

const newestEntries = (limit: number) => entriesOf(gateway.stores, 'acme', { limit });

describe('policy.evaluate', () => {
  it('answers as the documents print it, and says which rule of which policy at which level decided', async () => {
    const { status, body } = await evaluate(people.user, 'github_issue_comment', {
      user_id: people.user.sub,
      context: { data_classification: 'internal', target_system: 'github', channel: 'cli', additional: {} },
    });
    expect(status).toBe(200);
    const { policies } = (await call(people.admin, 'GET /policies?domain=actions')).body;
    const [actions] = policies;
    expect(body).toMatchObject({
      decision: 'require_approval',
      constraints: {},
      person: { user_id: 'acme-user', role: 'user', org_unit: 'engineering/web' },
    });
    expect(body.policy_applied).toContain(`${actions.id}@1`);
    expect(body.reason).toContain('wants a person to approve github_issue_comment');
    const [first, second] = body.explanation;
    expect(first).toMatchObject({
      domain: 'actions',
      decision: 'require_approval',
      code: 'approval_required',
      decided_by: {
        policy_id: actions.id,
        policy_name: actions.name,
        policy_version: 1,
        level: 'enterprise',
      },
      rule: { github_issue_comment: 'approve' },
      effective: { 'action_overrides.github_issue_comment': 'approve' },
    });
    expect(first.levels.map(({ level }: { level: string }) => level)).toEqual([
      'enterprise',
      'org',
      'team',
      'user',
    ]);
    expect(first.levels[0].says).toEqual({ 'action_overrides.github_issue_comment': 'approve' });
    expect(first.would_change).toEqual([
      `"${actions.name}" (enterprise, ${actions.id} version 1) says approve at action_overrides.github_issue_comment; it would have to say otherwise.`,
    ]);
    expect(second).toMatchObject({ domain: 'integrations', decision: 'allow', would_change: [] });
    expect(second.levels[1]).toMatchObject({
      level: 'org',
      org_unit: 'engineering',
      says: { 'connector_overrides.github.allowed_operations: comment_issue': 'any' },
    });
  });

  it('names who stands in the way and how far levels below may go', async () => {
    const { body } = await evaluate(people.admin, 'github_issue_comment', { user_id: seller.sub });
    expect(body.decision).toBe('deny');
    const integrations = body.explanation.find(({ domain }: { domain: string }) => domain === 'integrations');
    expect(integrations).toMatchObject({ decision: 'deny', code: 'permission_read' });
    expect(integrations.would_change.join()).toContain('A policy below it may say up to read_write.');
    expect(integrations.would_change.join()).toContain('A policy below it may say up to any.');
  });

  it('names each level whose ceiling holds what a level below would say', async () => {
    const { body: team } = await call(people.admin, 'POST /policies', {
      name: 'Web models',
      domain: 'models',
      scope: { level: 'team', org_unit: 'engineering/web' },
      status: 'active',
      rules: { max_tokens_per_request: 10 },
      change_reason: 'small',
    });
    const question = {
      context: {
        data_classification: 'internal',
        additional: {
          model: 'local',
          external: false,
          prompt_tokens: 8,
          max_output_tokens: 8,
          tokens_today: 0,
        },
      },
    };
    const modelsNow = async () => {
      const { body } = await evaluate(people.user, 'model_call', question);
      return body.explanation.find(({ domain }: { domain: string }) => domain === 'models');
    };
    // The gateway hears of the new policy a moment after it was made.
    await expect
      .poll(modelsNow, patience)
      .toMatchObject({ decision: 'deny', code: 'tokens_per_request', decided_by: { policy_id: team.id } });
    const models = await modelsNow();
    expect(models.would_change).toEqual([
      `"Web models" (team, ${team.id} version 1) says 10 at max_tokens_per_request; it would have to say otherwise.`,
    ]);
    await call(people.admin, `DELETE /policies/${team.id}`, { change_reason: 'over' });
  });

  it('treats a label that nobody knows as restricted, and none too', async () => {
    const external = {
      model: 'gpt-5.1',
      external: true,
      prompt_tokens: 1,
      max_output_tokens: 1,
      tokens_today: 0,
    };
    const { body: allowed } = await call(people.admin, 'PUT /policies/pol_models', {
      rules: { allow_external_models: true },
      change_reason: 'try',
    });
    expect(allowed.status).toBe('active');
    const decisionAt = async (context: object) =>
      (await evaluate(people.user, 'model_call', { context: { ...context, additional: external } })).body
        .decision;
    await expect.poll(() => decisionAt({ data_classification: 'internal' }), patience).toBe('allow');
    expect(await decisionAt({ data_classification: 'top secret' })).toBe('deny');
    expect(await decisionAt({})).toBe('deny');
  });

  it('says of an action that nobody knows that nothing would change it', async () => {
    const { body } = await evaluate(people.user, 'rm_rf');
    expect(body).toMatchObject({ decision: 'deny', policy_applied: '' });
    expect(body.explanation[0]).toMatchObject({ code: 'unknown_action', decided_by: null });
    expect(body.explanation[0].would_change).toEqual([
      'Nothing: no connector of this installation has such an action.',
    ]);
  });

  it('is on record as asked, and never as a decision', async () => {
    const decisions = async () =>
      (await gateway.stores.impact.window('acme', new Date(0), new Date())).lastDecision;
    const before = await decisions();
    await evaluate(people.lead, 'github_issue_comment', { user_id: people.user.sub });
    expect(await decisions()).toBe(before);
    const [entry] = await newestEntries(1);
    expect(entry).toMatchObject({ event: 'policy.explained', userId: 'acme-lead', decisionId: null });
  });

  it('is one’s own always, others’ within reach; anybody else is not there', async () => {
    const of = async (person: TestPerson, userId: string) =>
      (await evaluate(person, 'github_issue_comment', { user_id: userId })).status;
    expect(await of(people.user, people.user.sub)).toBe(200);
    expect(await of(people.user, people.peer.sub)).toBe(404);
    expect(await of(people.lead, people.peer.sub)).toBe(200);
    expect(await of(people.lead, seller.sub)).toBe(404);
    expect(await of(people.admin, seller.sub)).toBe(200);
    expect(await of(people.admin, 'nobody')).toBe(404);
    expect(await of(people.stranger, people.user.sub)).toBe(404);
    const question = { action: 'github_issue_comment', tenant_id: 'globex' };
    expect((await call(people.admin, 'POST /policies/evaluate', question)).status).toBe(404);
  });

  it.each([
    ['no action', {}],
    ['an unknown part', { action: 'github_issue_comment', contexts: {} }],
    [
      'a connector that the action is not of',
      { action: 'github_issue_comment', context: { target_system: 'jira' } },
    ],
    ['text that is none', { action: 'a\u0000b' }],
  ])('is refused for %s', async (_, question) => {
    expect((await call(people.user, 'POST /policies/evaluate', question)).status).toBe(400);
  });
});

describe('policy.resolve', () => {
  const resolve = (person: TestPerson, query: string) => call(person, `GET /policies/resolve?${query}`);

  it('gives what holds and the four levels in order, the nearest policy of each', async () => {
    const { status, body } = await resolve(people.user, 'domain=integrations');
    expect(status).toBe(200);
    const { policies } = (await call(people.admin, 'GET /policies?domain=integrations')).body;
    const idAt = (level: string) =>
      policies.find(({ scope }: { scope: { level: string } }) => scope.level === level)?.id ?? null;
    expect(body.hierarchy).toEqual([
      { scope: 'enterprise', policy_id: idAt('enterprise') },
      { scope: 'org', policy_id: idAt('org') },
      { scope: 'team', policy_id: null },
      { scope: 'user', policy_id: null },
    ]);
    expect(idAt('org')).not.toBeNull();
    expect(body.effective_policy.connector_overrides.github).toMatchObject({ permission: 'read_write' });
    expect(Object.keys(body)).toEqual(['effective_policy', 'hierarchy']);
  });

  it('of a unit is what holds for nobody in particular there', async () => {
    const sales = await resolve(people.admin, 'domain=integrations&org_unit=sales');
    expect(sales.body.hierarchy[1]).toEqual({ scope: 'org', policy_id: null });
    expect(sales.body.effective_policy.default_permission).toBe('read');
    expect((await resolve(people.admin, 'domain=agent-to-agent&org_unit=sales')).status).toBe(200);
  });

  it('is one’s own and one’s own units’, others’ within reach', async () => {
    const statusOf = async (person: TestPerson, query: string) =>
      (await resolve(person, `domain=actions&${query}`)).status;
    expect(await statusOf(people.user, `user_id=${people.user.sub}`)).toBe(200);
    expect(await statusOf(people.user, 'org_unit=engineering')).toBe(200);
    expect(await statusOf(people.user, 'org_unit=sales')).toBe(404);
    expect(await statusOf(people.user, `user_id=${people.peer.sub}`)).toBe(404);
    expect(await statusOf(people.lead, `user_id=${people.peer.sub}`)).toBe(200);
    expect(await statusOf(people.lead, `user_id=${seller.sub}`)).toBe(404);
    expect(await statusOf(people.lead, `user_id=${people.peer.sub}&org_unit=sales`)).toBe(404);
    expect(await statusOf(people.admin, `user_id=${people.peer.sub}&org_unit=sales`)).toBe(200);
    expect(await statusOf(people.admin, 'org_unit=a/../b')).toBe(400);
    expect((await resolve(people.admin, 'org_unit=sales')).status).toBe(400);
  });
});
