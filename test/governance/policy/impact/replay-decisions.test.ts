import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MatchedRule } from '#domain/policy/decision.ts';
import type { Policy } from '#domain/policy/policy.ts';
import type { Verdict } from '#domain/policy/verdict.ts';
import { createPolicyEvaluator } from '#governance/policy/evaluate.ts';
import { replayDecisions } from '#governance/policy/impact/replay-decisions.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import type { AlikeDecisions, DecisionPage } from '#stores/policy/impact.ts';
import { rulesOf } from '../../../support/arbitrary-policies.ts';
import { commentIssue, readIssues } from '../../../support/github-actions.ts';
import { samplePolicy, storedPolicy } from '../../../support/sample-policy.ts';

const module = await loadRegoModule();
const evaluator = createPolicyEvaluator({
  module,
  readPolicies: async () => ({ revision: 1, policies: [] }),
  actions: [commentIssue, readIssues],
});
const integrations = storedPolicy(
  samplePolicy('integrations', {
    id: 'pol_i',
    rules: {
      allowed_connectors: ['github'],
      connector_overrides: { github: { permission: 'read_write', allowed_operations: ['comment_issue'] } },
    },
  }),
);

function actions(autonomy: string, version: number, more: Partial<Policy> = {}): Policy {
  const policy = storedPolicy(samplePolicy('actions', { id: 'pol_a', rules: {} }));
  return { ...policy, version, rules: { default_autonomy: autonomy }, ...more };
}

let asked = 0;

function alike(userId: string, more: Partial<AlikeDecisions> = {}): AlikeDecisions {
  asked += 1;
  return {
    input: {
      actor: { subject: `sub_${userId}`, role: 'user', orgUnit: 'engineering/web' },
      action: commentIssue,
      classification: 'internal',
    },
    fromOutside: false,
    count: 1,
    key: userId,
    examples: [{ decisionId: `dec_${String(asked).padStart(3, '0')}`, at: '2026-01-01T00:00:00.000Z' }],
    ...more,
  };
}

function replay(
  pages: readonly (readonly AlikeDecisions[])[],
  before: readonly Policy[],
  after: readonly Policy[],
) {
  async function* read(): AsyncGenerator<DecisionPage> {
    for (const groups of pages) yield { count: groups.reduce((sum, { count }) => sum + count, 0), groups };
  }
  let evaluated = 0;
  const done = replayDecisions(
    {
      impact: { pages: read },
      subjects: {
        userIds: async (_tenantId, subjects) =>
          new Map(subjects.filter((one) => one !== 'sub_gone').map((one) => [one, one.slice(4)])),
      },
      evaluateUnder: (policies, question, only) => {
        evaluated += 1;
        return evaluator.evaluateUnder(policies, question, only);
      },
    },
    {
      tenantId: 'acme',
      window: { from: '', to: '', afterDecision: '', lastDecision: null },
      domain: 'actions',
      scope: (after[0] ?? actions('block', 1)).scope,
      before,
      after,
    },
  );
  return done.then((replayed) => ({ ...replayed, evaluated }));
}

const usual = [actions('approve', 1), integrations];

describe('recorded decisions asked again', () => {
  it('are one group per person and action, whatever page they stand on, and asked once each', async () => {
    const { decisions, groups, evaluated } = await replay(
      [[alike('ada', { count: 3 }), alike('bob')], [alike('ada', { count: 2 })]],
      usual,
      [actions('block', 2), integrations],
    );
    expect(decisions).toBe(6);
    expect(groups.map(({ userId, kind, decisions }) => [userId, kind, decisions])).toEqual([
      ['ada', 'newly_blocked', 5],
      ['bob', 'newly_blocked', 1],
    ]);
    expect(groups[0]?.examples[0]).toMatchObject({
      after: { verdict: 'deny', policyId: 'pol_a', policyVersion: 2 },
    });
    // Two people, before and after: first the domain that changes, then all of them.
    expect(evaluated).toBe(8);
  });

  it('are nothing under a new version that says the same, whatever it says', async () => {
    await fc.assert(
      fc.asyncProperty(rulesOf.actions('some'), rulesOf.actions('some'), async (rules, mayGrant) => {
        const content = { rules: { ...rules }, mayGrant: { ...mayGrant } };
        const before = [actions('approve', 1, content), integrations];
        const after = [actions('approve', 2, { ...content, name: 'Renamed' }), integrations];
        const read = alike('bob', { input: { ...alike('bob').input, action: readIssues } });
        expect((await replay([[alike('ada'), read]], before, after)).groups).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it('are nothing where another domain denies before and after', async () => {
    const { groups } = await replay([[alike('ada')]], [actions('approve', 1)], [actions('autonomous', 2)]);
    expect(groups).toEqual([]);
  });

  it('name nobody who was erased, whom only the scope of a policy still covers', async () => {
    const { groups } = await replay([[alike('gone')]], usual, [actions('block', 2), integrations]);
    expect(groups).toMatchObject([{ subject: 'sub_gone', userId: null }]);
    const theirs = { ...actions('block', 1).scope, level: 'user', userId: 'gone' } as const;
    const own = actions('block', 1, { id: 'pol_own', scope: theirs });
    expect((await replay([[alike('gone')]], usual, [own, ...usual])).groups).toEqual([]);
  });

  it('from before subjects count by user id, which is not told as a subject', async () => {
    const older = alike('x', {
      input: { ...alike('x').input, actor: { userId: 'ada', role: 'user', orgUnit: 'engineering' } },
    });
    const { groups } = await replay([[older]], usual, [actions('block', 2), integrations]);
    expect(groups[0]).toMatchObject({
      userId: 'ada',
      subject: expect.stringMatching(/^older:[0-9a-f]{12}$/),
    });
  });

  it('fail as a whole when one side can not be answered: that is no denial', async () => {
    const rule = (verdict: Verdict, code: string): MatchedRule => ({
      domain: 'policy',
      verdict,
      code,
      level: 'none',
      policyId: null,
      policyName: null,
      policyVersion: null,
      rule: null,
    });
    const after = [actions('approve', 2)];
    const broken = replayDecisions(
      {
        impact: {
          async *pages() {
            yield { count: 1, groups: [alike('ada')] };
          },
        },
        subjects: { userIds: async () => new Map() },
        evaluateUnder: async (policies) =>
          policies === after ? [rule('deny', 'policy_engine_error')] : [rule('allow', 'autonomous')],
      },
      {
        tenantId: 'acme',
        window: { from: '', to: '', afterDecision: '', lastDecision: null },
        domain: 'actions',
        scope: actions('approve', 1).scope,
        before: usual,
        after,
      },
    );
    await expect(broken).rejects.toMatchObject({ code: 'POLICY_ENGINE_UNREACHABLE' });
  });
});
