import { describe, expect, it } from 'vitest';
import type { MatchedRule } from '#domain/policy/decision.ts';
import type { Policy } from '#domain/policy/policy.ts';
import { strictest } from '#domain/policy/verdict.ts';
import { createPolicyEvaluator, type FurtherRules } from '#governance/policy/evaluate.ts';
import { policyErrorCode } from '#governance/reason-words.ts';
import type { LoadedPolicy } from '#platform/opa/engine.ts';
import { demoPolicies } from '#sandbox/demo/policies.ts';
import { actions, engineer, made, module } from '../../support/policy-questions.ts';

describe('rules from elsewhere', () => {
  const question = { actor: engineer, facts: actions.read, classification: 'public' } as const;
  const extra = (verdict: MatchedRule['verdict']): MatchedRule => ({
    domain: 'customer',
    verdict,
    code: 'customer_policy',
    level: 'none',
    policyId: null,
    policyName: 'own.tar.gz',
    policyVersion: null,
    rule: null,
  });

  function withRules(furtherRules: FurtherRules, policies: readonly Policy[] = demoPolicies(made)) {
    return createPolicyEvaluator({
      module,
      furtherRules,
      readPolicies: async () => ({ revision: '1', policies }),
      actions: Object.values(actions),
    });
  }

  it.each(['deny', 'require_approval', 'notify'] as const)('may answer %s', async (verdict) => {
    const rules = await withRules(async () => [extra(verdict)]).evaluate(question);
    expect(strictest(rules.map((rule) => rule.verdict))).toBe(verdict);
  });

  it('allow nothing that policy denies, and say nothing where they allow', async () => {
    const rules = await withRules(async () => [extra('allow')], []).evaluate(question);
    expect(rules.map(({ domain, verdict }) => [domain, verdict])).toEqual([
      ['actions', 'deny'],
      ['integrations', 'deny'],
    ]);
  });

  it('get the input that the Rego gets', async () => {
    const seen: unknown[] = [];
    await withRules(async (_actor, input) => {
      seen.push(input);
      return [];
    }).evaluate({ ...question, additional: { purpose: 'answer' } });
    expect(seen).toEqual([
      {
        tenant_id: 'acme',
        user_id: 'ada',
        action: 'github_issue_read',
        data_classification: 'public',
        target_system: 'github',
        additional: {
          purpose: 'answer',
          operation: 'read_issues',
          effect: 'read',
          role: 'user',
          org_unit: 'engineering/web',
        },
      },
    ]);
  });

  it('deny when they fail', async () => {
    const rules = await withRules(() => {
      throw new Error('terminated');
    }).evaluate(question);
    expect(rules.at(-1)).toMatchObject({ verdict: 'deny', code: 'customer_policy_failed' });
    expect(policyErrorCode(rules)).toBe('POLICY_ENGINE_UNREACHABLE');
  });
});

describe('another engine', () => {
  const question = { actor: engineer, facts: actions.read, classification: 'public' } as const;
  const asking = (evaluate: LoadedPolicy['evaluate']) =>
    createPolicyEvaluator({
      module,
      engine: { load: async () => ({ evaluate }) },
      readPolicies: async () => ({ revision: '1', policies: demoPolicies(made) }),
      actions: Object.values(actions),
    }).evaluate(question);

  it.each<[string, LoadedPolicy['evaluate']]>([
    ['answers late and broken', async () => Promise.reject(new Error('timeout'))],
    [
      'throws',
      () => {
        throw new Error('away');
      },
    ],
    ['answers a word', async () => 'true'],
    ['answers true', () => true],
    ['answers a list', async () => []],
    ['answers nothing', () => undefined],
    ['answers an object of another form', () => ({ applicable: true, verdict: 'yes' })],
  ])('that %s is a denial', async (_, evaluate) => {
    const rules = await asking(evaluate);
    expect(rules.map(({ verdict, code }) => [verdict, code])).toEqual([
      ['deny', 'policy_engine_error'],
      ['deny', 'policy_engine_error'],
    ]);
    expect(policyErrorCode(rules)).toBe('POLICY_ENGINE_UNREACHABLE');
  });

  it('that answers later answers the same', async () => {
    const answer = {
      applicable: true,
      verdict: 'notify',
      code: 'notify',
      rule: null,
      decided_by: null,
      constraints: { disclosure_required: true },
    };
    const rules = await asking(async () => answer);
    expect(rules.map(({ verdict, constraints }) => [verdict, constraints])).toEqual([
      ['notify', { disclosure_required: true }],
      ['notify', { disclosure_required: true }],
    ]);
  });
});
