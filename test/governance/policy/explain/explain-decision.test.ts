import { describe, expect, it } from 'vitest';
import type { Actor } from '#domain/person/actor.ts';
import type { Policy } from '#domain/policy/policy.ts';
import { shippedPolicies } from '#governance/policy/change/shipped-policies.ts';
import { createPolicyEvaluator } from '#governance/policy/evaluate.ts';
import { createExplainDecision } from '#governance/policy/explain/explain-decision.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import { commentIssue } from '../../../support/github-actions.ts';

const module = await loadRegoModule();
const actor: Actor = { tenantId: 'acme', userId: 'ada', role: 'user', orgUnit: 'engineering/web' };
const shipped = shippedPolicies({ by: 'installation', at: new Date('2026-01-01T00:00:00Z') });

const own: Policy = {
  id: 'pol_ada',
  name: 'As Ada likes it',
  domain: 'actions',
  scope: { level: 'user', orgUnit: 'engineering/web', userId: 'ada' },
  version: 1,
  status: 'active',
  rules: { action_overrides: { github_issue_comment: 'autonomous' } },
  mayGrant: null,
  changeReason: 'test',
  createdBy: 'ada',
  createdAt: '2026-01-01T00:00:00Z',
};

async function actionsUnder(policies: readonly Policy[]) {
  const readPolicies = async () => ({ revision: '1', policies });
  const { evaluateUnder } = createPolicyEvaluator({
    module,
    readPolicies,
    actions: [commentIssue],
    onFailure: ({ cause }) => expect.unreachable(String(cause)),
  });
  const explain = createExplainDecision({ policyCache: { read: readPolicies }, evaluateUnder });
  const { domains } = await explain({ actor, facts: commentIssue, classification: 'internal' });
  return domains.find(({ domain }) => domain === 'actions');
}

describe('explaining a decision', () => {
  it("says that a person's own policy alone grants nothing, and shows only what it really says", async () => {
    const told = await actionsUnder([
      ...shipped.filter(({ domain }) => domain !== 'actions'),
      { ...own, rules: { default_autonomy: 'autonomous' } },
    ]);
    expect(told).toMatchObject({ verdict: 'deny', code: 'no_policy', decidedBy: null });
    expect(Object.values(told?.effective ?? {})).toEqual([null]);
    expect(told?.levels.map(({ level, policy }) => [level, policy?.id])).toEqual([
      ['enterprise', undefined],
      ['org', undefined],
      ['team', undefined],
      ['user', 'pol_ada'],
    ]);
    expect(Object.values(told?.levels.at(-1)?.says ?? {})).toEqual(['autonomous']);
    expect(told?.wouldChange).toEqual([
      'A policy of this domain would have to be in force for the enterprise or a unit of the person.',
      "A person's own policy alone grants nothing.",
    ]);
  });

  it('shows no default in the place of what a person left out of their own policy', async () => {
    const alone = [
      ...shipped.filter(({ domain }) => domain !== 'actions'),
      { ...own, rules: { action_overrides: { github_issue_read: 'notify' } } },
    ];
    const told = await actionsUnder(alone);
    expect(Object.values(told?.levels.at(-1)?.says ?? {})).toEqual([null]);
  });

  it('says nothing of own policies where there are none', async () => {
    const told = await actionsUnder(shipped.filter(({ domain }) => domain !== 'actions'));
    expect(told?.wouldChange).toEqual([
      'A policy of this domain would have to be in force for the enterprise or a unit of the person.',
    ]);
  });

  it("holds a person's own policy below what stands above it", async () => {
    const told = await actionsUnder([...shipped, own]);
    expect(told?.decidedBy?.policyId).not.toBe('pol_ada');
    expect(told?.verdict).not.toBe('allow');
  });
});
