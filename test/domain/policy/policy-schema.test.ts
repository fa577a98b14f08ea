import { describe, expect, it } from 'vitest';
import { checkPolicy, policyBody } from '#domain/policy/policy.schema.ts';
import seedBody from '#sandbox/demo/acme-engineering-github-write.json' with { type: 'json' };
import { samplePolicy } from '../../support/sample-policy.ts';

const body = {
  name: 'Actions',
  domain: 'actions',
  scope: { level: 'enterprise' },
  rules: { default_autonomy: 'approve' },
  change_reason: 'because',
};

function issues(change: object): string[] {
  const parsed = policyBody.safeParse({ ...body, ...change });
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
}

describe('the body of POST /policies', () => {
  it('takes seed 000 verbatim and changes nothing in it', () => {
    expect(policyBody.parse(seedBody)).toEqual(seedBody);
  });

  it('makes a draft of what names no status', () => {
    expect(policyBody.parse(body).status).toBe('draft');
  });

  it.each([
    ['a missing change_reason', { change_reason: undefined }],
    ['an empty change_reason', { change_reason: '  ' }],
    ['an unknown field', { priority: 1 }],
    ['an unknown rule', { rules: { default_autonomi: 'approve' } }],
    ['an unknown level of autonomy', { rules: { default_autonomy: 'ask' } }],
    ['rules of another domain', { rules: { allowed_connectors: ['github'] } }],
    ['an unknown domain', { domain: 'weather' }],
    ['an organisation without its unit', { scope: { level: 'org' } }],
    ['an enterprise with a unit', { scope: { level: 'enterprise', org_unit: 'engineering' } }],
    ['a unit that is no path', { scope: { level: 'team', org_unit: '/engineering/' } }],
    ['a person without an id', { scope: { level: 'user', org_unit: 'engineering' } }],
    ['a deprecated policy', { status: 'deprecated' }],
    [
      'an action named like a point of a merged policy',
      { rules: { action_overrides: { '*': 'autonomous' } } },
    ],
    ['an action with a dot', { rules: { action_overrides: { 'write.x': 'autonomous' } } }],
    ['a NUL in the name', { name: 'a\u0000b' }],
  ])('refuses %s', (_, change) => {
    expect(issues(change)).not.toEqual([]);
  });

  it('hands on nothing of a map with __proto__ in it', () => {
    const rules: unknown = JSON.parse('{"action_overrides":{"__proto__":"autonomous"}}');
    expect(JSON.stringify(policyBody.parse({ ...body, rules }).rules)).toBe('{"action_overrides":{}}');
  });
});

describe('a stored policy', () => {
  it('is handed on when its rules fit its domain', () => {
    const policy = samplePolicy('actions', { rules: { default_autonomy: 'notify' } });
    expect(checkPolicy('actions', { ...policy, rules: { ...policy.rules }, mayGrant: null })).toEqual(policy);
  });

  it('is refused when it was spoilt', () => {
    const policy = samplePolicy('actions', { rules: {} });
    expect(() =>
      checkPolicy('actions', { ...policy, rules: { default_autonomy: 7 }, mayGrant: null }),
    ).toThrow("rules that don't fit actions");
    expect(() => checkPolicy('actions', { ...policy, rules: {}, mayGrant: { any: true } })).toThrow();
  });
});
