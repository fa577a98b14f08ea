import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { policyRules } from '#domain/policy/rules.schema.ts';
import { governedDomains } from '#domain/policy/rules.ts';
import { newPolicyRules } from '#web/policies/new-policy-rules.ts';
import { pathWords, readRules, valueWords } from '#web/policies/rule-words.ts';

describe('rules in words', () => {
  it('name every field of every domain', () => {
    const fields = governedDomains.flatMap((domain) =>
      Object.keys(z.toJSONSchema(policyRules[domain], { io: 'input' }).properties ?? {}),
    );
    expect(fields.length).toBeGreaterThan(30);
    const unnamed = fields.filter((field) => readRules({ [field]: true })[0]?.label === field);
    expect(unnamed).toEqual([]);
  });

  it('say what a value means, and leave ids as they are', () => {
    const rules = {
      default_autonomy: 'approve',
      connector_overrides: { github: { permission: 'read_write', allowed_operations: ['read', 'notify'] } },
      max_tokens_per_day: 1_000_000,
      blocked_peers: [],
      allow_export: false,
    };
    expect(readRules(rules)).toEqual([
      { label: 'Writes, unless said otherwise', says: 'After approval' },
      {
        label: 'Single data sources',
        says: [
          {
            label: 'github',
            says: [
              { label: 'May be used to', says: 'Read and write' },
              { label: 'Operations', says: ['read', 'notify'] },
            ],
          },
        ],
      },
      { label: 'Tokens of a day, at most', says: '1,000,000' },
      { label: 'Never with', says: 'None' },
      { label: 'The record may be exported', says: 'No' },
    ]);
  });

  it('say where a difference is, and what it is', () => {
    expect(pathWords('rules.action_overrides.github_pr_close')).toBe('Single actions › github_pr_close');
    expect(pathWords('may_grant.default_permission')).toBe(
      'Levels below may set › A data source may be used to',
    );
    expect(pathWords('rules.allowed_connectors[]')).toBe('Data sources that may be used');
    expect(pathWords('allowed_connectors: github')).toBe('Data sources that may be used › github');
    expect(pathWords('name')).toBe('Name');
    expect(valueWords('block', 'rules.action_overrides.github_pr_close')).toBe('Never');
    expect(valueWords('notify', 'name')).toBe('notify');
    expect(valueWords({ github: { permission: 'read' } })).toBe('github: May be used to: Read');
    expect(valueWords(null)).toBe('Nothing');
  });
});

describe('the first rules of a new policy', () => {
  it.each(governedDomains)('are rules of %s', (domain) => {
    expect(policyRules[domain].safeParse(newPolicyRules(domain)).success).toBe(true);
  });
});
