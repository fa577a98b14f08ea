import { describe, expect, it } from 'vitest';
import { CodedError } from '#domain/error.ts';
import type { CheckedPolicy, GovernedDomain, IntegrationsRules } from '#domain/policy/rules.ts';
import { hierarchyViolations, validatePolicy } from '#domain/policy/validate.ts';
import { samplePolicy } from '../../support/sample-policy.ts';

const enterprise = samplePolicy('integrations', {
  rules: { allowed_connectors: ['github', 'jira'], default_permission: 'read' },
  mayGrant: {
    connector_overrides: {
      github: { permission: 'read_write', allowed_operations: ['read_issues', 'comment_issue'] },
    },
  },
});

function violations(rules: IntegrationsRules, more: Partial<CheckedPolicy<'integrations'>> = {}): string[] {
  const policy = { ...samplePolicy('integrations', { at: 'org engineering', rules }), ...more };
  return hierarchyViolations(policy, [enterprise]);
}

describe('a policy below another', () => {
  it('may restate and restrict', () => {
    expect(
      violations({
        allowed_connectors: ['github'],
        default_permission: 'read',
        connector_overrides: {
          github: { permission: 'read_write', allowed_operations: ['comment_issue'] },
          jira: { permission: 'read', allowed_operations: ['read_issues'] },
        },
      }),
    ).toEqual([]);
  });

  it('may not expand beyond a list above', () => {
    expect(violations({ allowed_connectors: ['github', 'slack'] })).toEqual([
      'allowed_connectors: slack would expand beyond what "Policy of enterprise" (enterprise) grants (false)',
    ]);
  });

  it('may not be less restrictive than the permission above', () => {
    expect(violations({ default_permission: 'read_write' })).toEqual([
      'default_permission: read_write is less restrictive than what "Policy of enterprise" (enterprise) grants (read)',
    ]);
  });

  it('hears of every violation at once, operations too', () => {
    const found = violations({
      allowed_connectors: ['slack'],
      connector_overrides: {
        github: { permission: 'read_write', allowed_operations: ['close_pr', 'comment_issue'] },
        jira: { permission: 'read_write', allowed_operations: ['delete_issue'] },
      },
    });
    expect(found).toEqual([
      expect.stringContaining('allowed_connectors: slack would expand beyond'),
      expect.stringContaining('connector_overrides.jira.permission: read_write is less restrictive'),
      expect.stringContaining('connector_overrides.github.allowed_operations: close_pr would expand beyond'),
      expect.stringContaining(
        'connector_overrides.jira.allowed_operations: delete_issue would expand beyond',
      ),
    ]);
  });

  it('may not let others have what it may not have itself', () => {
    expect(violations({}, { mayGrant: { allowed_connectors: ['slack'] } })).toEqual([
      expect.stringMatching(/^may_grant\.allowed_connectors: slack would expand beyond/),
    ]);
  });

  it('throws one error that holds them all', () => {
    const policy = samplePolicy('integrations', {
      at: 'org engineering',
      rules: { allowed_connectors: ['slack', 'irc'] },
    });
    try {
      validatePolicy(policy, [enterprise]);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(CodedError);
      expect(error).toMatchObject({ code: 'POLICY_HIERARCHY_VIOLATION' });
      expect((error as CodedError).detail).toHaveLength(2);
    }
  });

  it.each([
    ['stands beside it', { at: 'org sales', status: 'active' }],
    ['is below it', { at: 'team engineering', status: 'active' }],
    ['is a draft', { at: 'enterprise', status: 'draft' }],
  ] as const)('is not held against one that %s', (_, { at, status }) => {
    const other = { ...samplePolicy('integrations', { at, rules: { allowed_connectors: [] } }), status };
    const policy = samplePolicy('integrations', {
      at: 'org engineering',
      rules: { allowed_connectors: ['slack'] },
    });
    expect(hierarchyViolations(policy, [other])).toEqual([]);
  });
});

describe("a person's own policy", () => {
  const own = (rules: IntegrationsRules) =>
    hierarchyViolations(samplePolicy('integrations', { at: 'user engineering/web', rules }), [enterprise]);
  const write = { github: { permission: 'read_write', allowed_operations: ['comment_issue'] } } as const;

  it('takes up nothing of what levels above may grant', () => {
    expect(own({ connector_overrides: write })).toEqual([
      'connector_overrides.github.permission: read_write is less restrictive than what "Policy of enterprise" (enterprise) grants (read)',
      'connector_overrides.github.allowed_operations: comment_issue would expand beyond what "Policy of enterprise" (enterprise) grants (read)',
    ]);
  });

  it('may use less of what is granted to it', () => {
    const org = samplePolicy('integrations', {
      at: 'org engineering',
      rules: { connector_overrides: write },
    });
    const policy = samplePolicy('integrations', {
      at: 'user engineering/web',
      rules: { allowed_connectors: ['github'], connector_overrides: write },
    });
    expect(hierarchyViolations(policy, [enterprise, org])).toEqual([]);
  });

  it.each([
    ['nobody', []],
    ['a unit beside it', [samplePolicy('integrations', { at: 'org sales', rules: {} })]],
    ['a draft', [{ ...enterprise, status: 'draft' as const }]],
    ['another domain', [samplePolicy('actions', { rules: {} })]],
  ])('says nothing where above it speaks %s', (_, others) => {
    const policy: CheckedPolicy<GovernedDomain> = samplePolicy('integrations', {
      at: 'user engineering/web',
      rules: { default_permission: 'read' },
    });
    expect(hierarchyViolations(policy, others)).toEqual([
      "no level above says anything about integrations, and a person's own policy only restricts",
    ]);
  });

  it('hears of one point once', () => {
    expect(own({ allowed_connectors: ['slack'] })).toHaveLength(1);
  });
});

describe('actions below the enterprise', () => {
  const above = samplePolicy('actions', {
    rules: { default_autonomy: 'approve', action_overrides: { email_delete: 'block' } },
  });
  const found = (action_overrides: Record<string, 'autonomous' | 'notify' | 'block'>) =>
    hierarchyViolations(samplePolicy('actions', { at: 'org engineering', rules: { action_overrides } }), [
      above,
    ]);

  it('may not loosen an override or the default', () => {
    expect(found({ email_delete: 'notify', jira_comment: 'autonomous' })).toEqual([
      expect.stringContaining('action_overrides.email_delete: notify is less restrictive'),
      expect.stringContaining('action_overrides.jira_comment: autonomous is less restrictive'),
    ]);
  });

  it('may say again that reads run by themselves', () => {
    expect(found({ github_issue_read: 'autonomous', jira_comment: 'block' })).toEqual([]);
  });

  it('need not repeat the overrides above', () => {
    const policy = samplePolicy('actions', { at: 'org engineering', rules: { default_autonomy: 'approve' } });
    expect(hierarchyViolations(policy, [above])).toEqual([]);
  });
});
