import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MatchedRule } from '#domain/policy/decision.ts';
import { policyErrorCode, reasonInWords } from '#governance/reason-words.ts';
import { regoFiles } from '#policies/build.ts';

const rule = (more: Partial<MatchedRule>): MatchedRule => ({
  domain: 'actions',
  verdict: 'allow',
  code: 'autonomous',
  level: 'org',
  policyId: 'pol_1',
  policyName: 'Engineering',
  policyVersion: 2,
  rule: { jira_comment: 'autonomous' },
  ...more,
});
const connectorRule = { connector: 'github', operation: 'comment_issue', permission: 'read', grant: 'read' };

describe('reasons in words', () => {
  it.each<[Partial<MatchedRule>, string]>([
    [{}, '"Engineering" (org) lets jira_comment run by itself.'],
    [{ code: 'notify' }, '"Engineering" (org) lets jira_comment run and tells the user.'],
    [{ code: 'blocked' }, 'jira_comment is blocked by "Engineering" (org).'],
    [
      { code: 'connector_not_allowed', rule: { connector: 'gmail' } },
      'gmail is not among the connectors that "Engineering" (org) allows.',
    ],
    [
      { code: 'operation_allowed', rule: connectorRule },
      '"Engineering" (org) allows comment_issue for github.',
    ],
    [{ code: 'unknown_action', rule: { email_eat: null } }, 'email_eat is not a known action.'],
    [{ code: 'undecided', rule: null }, 'No matching policy found. Default: deny.'],
    [{ code: 'outside_origin' }, 'Its content comes from outside, so a person has to approve it first.'],
    [{ code: 'toString', rule: 7 }, 'The actions policy answers allow (toString).'],
    [{ code: 'blocked', rule: 7, policyName: null }, 'the action is blocked by policy.'],
  ])('%o reads: %s', (more, words) => {
    expect(reasonInWords([rule(more)])).toBe(words);
  });

  it.each<[Partial<MatchedRule>, string]>([
    [
      { domain: 'models', code: 'tokens_per_day', rule: { model: 'm', max_tokens_per_day: 500 } },
      'The 500 tokens that "Engineering" (org) allows in a day would be exceeded.',
    ],
    [
      {
        domain: 'models',
        code: 'label_kept_inside',
        rule: { model: 'gpt-5.1', classification: 'restricted' },
      },
      '"Engineering" (org) does not name gpt-5.1 for restricted data, which stays with self-hosted models.',
    ],
    [
      {
        domain: 'customer',
        code: 'customer_policy',
        policyName: 'own',
        rule: { bundle: 'own', reason: 'not on Fridays' },
      },
      'The policy bundle own says: not on Fridays.',
    ],
  ])('%o reads: %s', (more, words) => {
    expect(reasonInWords([rule(more)])).toBe(words);
  });

  it('are there for every code that the Rego gives', () => {
    const sources = regoFiles().filter((file) => !file.endsWith('_test.rego'));
    const codes = sources.flatMap((file) => {
      const text = readFileSync(new URL(`../../policies/${file}`, import.meta.url), 'utf8');
      const found = text.matchAll(/(?:"code": |denial\(|deny\(\s*policy,\s*)"([a-z_]+)"/g);
      return [...found].map(([, code = '']) => code);
    });
    expect(codes.length).toBeGreaterThan(30);
    const mute = codes.filter((code) => reasonInWords([rule({ code })]).includes(`(${code})`));
    expect([...new Set(mute)]).toEqual(['not_applicable']);
  });

  it('are told only for the strictest verdict', () => {
    const denial = rule({ verdict: 'deny', code: 'blocked' });
    expect(reasonInWords([rule({}), denial, denial])).toBe('jira_comment is blocked by "Engineering" (org).');
  });

  it('say so when no rule had a say', () => {
    expect(reasonInWords([])).toBe('No matching policy found. Default: deny.');
  });
});

describe('the error of a verdict', () => {
  const broken = rule({ verdict: 'deny', code: 'policy_engine_error' });
  it.each([
    [[rule({})], undefined],
    [[rule({ verdict: 'notify' })], undefined],
    [[rule({ verdict: 'require_approval' }), rule({})], 'POLICY_APPROVAL_REQUIRED'],
    [[broken, rule({})], 'POLICY_ENGINE_UNREACHABLE'],
    [[broken, rule({ verdict: 'deny', code: 'blocked' })], 'POLICY_DENIED'],
    [[rule({ verdict: 'deny', code: 'customer_policy_failed' })], 'POLICY_ENGINE_UNREACHABLE'],
    [[rule({ verdict: 'deny', code: 'cross_enterprise' })], 'CROSS_ENTERPRISE_BLOCKED'],
    [[], 'POLICY_DENIED'],
  ])('case %#', (rules, code) => {
    expect(policyErrorCode(rules)).toBe(code);
  });
});
