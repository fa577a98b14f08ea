import { describe, expect, it } from 'vitest';
import type { MatchedRule } from '#domain/policy/decision.ts';
import type { Verdict } from '#domain/policy/verdict.ts';
import { createDecide, type DecisionQuestion, type EvaluatePolicy } from '#governance/decide.ts';
import { commentIssue } from '../support/github-actions.ts';

const at = new Date('2026-01-01T00:00:00.000Z');

const question: DecisionQuestion = {
  actor: { tenantId: 'acme', userId: 'uma', role: 'user', orgUnit: 'engineering/web' },
  facts: commentIssue,
  classification: 'internal',
  origin: 'user',
  target: 'acme/website#7',
  inputDigest: 'i'.repeat(64),
  runId: 'req_1/1',
  requesterConfirmed: true,
};

function rule(verdict: Verdict, changes: Partial<MatchedRule> = {}): MatchedRule {
  return {
    domain: 'actions',
    verdict,
    code: 'approval_required',
    level: 'enterprise',
    policyId: 'pol_1',
    policyName: 'Shipped',
    policyVersion: 1,
    rule: { github_issue_comment: 'approve' },
    ...changes,
  };
}

const decideBy = (evaluate: EvaluatePolicy) => createDecide({ evaluate, now: () => at });
const by = (...rules: MatchedRule[]) => decideBy(async () => rules);
const digestOf = async (changes: Partial<DecisionQuestion>, ...rules: MatchedRule[]) =>
  (await by(...(rules.length > 0 ? rules : [rule('require_approval')]))({ ...question, ...changes })).digest;

describe('a decision', () => {
  it('takes the strictest verdict and the reasons of those who gave it', async () => {
    const decision = await by(rule('allow'), rule('deny', { code: 'blocked', policyId: 'pol_2' }))(question);
    expect(decision).toMatchObject({
      verdict: 'deny',
      reason: 'github_issue_comment is blocked by "Shipped" (enterprise).',
      policyApplied: 'pol_1@1,pol_2@1',
      approvers: { role: 'team_lead', orgUnit: 'engineering/web' },
      at: at.toISOString(),
    });
  });

  it('is a denial where no rule speaks, and where policy fails', async () => {
    expect(await by()(question)).toMatchObject({ verdict: 'deny', policyApplied: '' });
    const failing = decideBy(() => Promise.reject(new Error('engine away')));
    expect(await failing(question)).toMatchObject({
      verdict: 'deny',
      reason: 'Policy could not be evaluated, so the action is denied.',
    });
  });

  it('is a denial for a person whose rights are not confirmed', async () => {
    const decision = await by(rule('allow'))({ ...question, requesterConfirmed: false });
    expect(decision).toMatchObject({ verdict: 'deny' });
    expect(decision.reason).toContain('can no longer be confirmed');
  });

  it('needs a person for a write whose text comes from outside, and not for a read', async () => {
    const outside = { ...question, origin: 'outside' } as const;
    expect(await by(rule('allow'))(outside)).toMatchObject({ verdict: 'require_approval' });
    expect(await by(rule('deny'))(outside)).toMatchObject({ verdict: 'deny' });
    const reading = { ...outside, facts: { ...question.facts, effect: 'read' } } as const;
    expect(await by(rule('allow'))(reading)).toMatchObject({ verdict: 'allow' });
  });
});

describe('what policy is asked', () => {
  const asked = async (changes: Partial<DecisionQuestion>) => {
    const seen: unknown[] = [];
    await decideBy(async (policyQuestion) => {
      seen.push(policyQuestion);
      return [rule('allow')];
    })({ ...question, ...changes });
    return seen;
  };
  const { actor, facts, classification } = question;

  it('is who, what and how confidential, and nothing of the content', async () => {
    expect(await asked({})).toEqual([{ actor, facts, classification }]);
  });

  it('is the further facts too, where there are some', async () => {
    const additional = { purpose: 'export' };
    expect(await asked({ additional })).toEqual([{ actor, facts, classification, additional }]);
  });
});

describe('the digest that an approval is bound to', () => {
  it('stays over an edit that changes no content: version, name or id of the policy', async () => {
    const edited = rule('require_approval', { policyVersion: 2, policyName: 'New name', policyId: 'pol_9' });
    expect(await digestOf({}, edited)).toBe(await digestOf({}));
  });

  it.each<[string, Partial<DecisionQuestion>]>([
    ['input', { inputDigest: 'j'.repeat(64) }],
    ['target', { target: 'acme/website#8' }],
    ['origin', { origin: 'outside' }],
    ['run', { runId: 'req_1/1~2' }],
    ['requester', { actor: { ...question.actor, userId: 'eve' } }],
    ['tenant', { actor: { ...question.actor, tenantId: 'globex' } }],
    ['unit, and with it who may approve', { actor: { ...question.actor, orgUnit: 'sales' } }],
    ['operation', { facts: { ...question.facts, operation: 'close_pr' } }],
    ['further facts', { additional: { purpose: 'export' } }],
  ])('changes with the %s', async (_what, changes) => {
    expect(await digestOf(changes)).not.toBe(await digestOf({}));
  });

  it.each<[string, MatchedRule]>([
    ['verdict', rule('notify')],
    ['content of the rule', rule('require_approval', { rule: { github_issue_comment: 'block' } })],
    ['level that decided', rule('require_approval', { level: 'org' })],
    ['code', rule('require_approval', { code: 'outside_origin' })],
    ['domain', rule('require_approval', { domain: 'data' })],
  ])('changes with the %s', async (_what, other) => {
    expect(await digestOf({}, other)).not.toBe(await digestOf({}));
  });
});
