import { policyView } from '#domain/policy/change.schema.ts';
import { policyEvaluation } from '#domain/policy/explain.schema.ts';
import { impactView } from '#domain/policy/impact.schema.ts';

/** Policies as the page meets them; each has passed the API's own schema. */
export const recordedPolicy = policyView.parse({
  id: 'pol_01KAQ0V5Z8J3M6N9P2R5T8W1XA',
  name: 'Engineering actions',
  domain: 'actions',
  scope: { level: 'org', org_unit: 'engineering', user_id: null },
  version: 2,
  status: 'active',
  rules: {
    default_autonomy: 'approve',
    action_overrides: { github_issue_comment: 'notify', github_pr_close: 'block' },
  },
  may_grant: { action_overrides: { github_issue_comment: 'autonomous' } },
  change_reason: 'Comments may go out <b>by themselves</b>',
  created_by: 'acme-admin',
  created_at: '2026-01-09T12:00:00.000Z',
});

export const recordedEarlier = policyView.parse({
  ...recordedPolicy,
  version: 1,
  status: 'deprecated',
  rules: { default_autonomy: 'approve' },
  may_grant: null,
  change_reason: 'The first one',
  created_at: '2026-01-08T12:00:00.000Z',
});

export const recordedDraft = policyView.parse({
  ...recordedPolicy,
  version: 3,
  status: 'draft',
  rules: { ...recordedPolicy.rules, action_overrides: { github_issue_comment: 'block' } },
  change_reason: 'No comments while we move',
  created_at: '2026-01-10T12:00:00.000Z',
});

export const recordedEnterprise = policyView.parse({
  ...recordedPolicy,
  id: 'pol_01KAQ0V5Z8J3M6N9P2R5T8W1XB',
  name: 'Shipped enterprise integrations',
  domain: 'integrations',
  scope: { level: 'enterprise', org_unit: null, user_id: null },
  version: 1,
  rules: { allowed_connectors: ['github', 'gmail'], default_permission: 'read' },
  may_grant: {
    connector_overrides: { github: { permission: 'read_write', allowed_operations: ['comment_issue'] } },
  },
  change_reason: 'Shipped',
});

const nobody = { decisions: 0, people: 0 };
const before = {
  decision: 'notify',
  reason: 'Policy "Engineering actions" lets github_issue_comment go by itself.',
  level: 'org',
  policy_id: recordedPolicy.id,
  policy_name: 'Engineering actions',
  policy_version: 2,
} as const;

export const recordedImpactDigest = 'a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90';

export const recordedImpact = impactView.parse({
  preview_id: 'prv_01KAQ0V5Z8J3M6N9P2R5T8W1XC',
  window: {
    from: '2025-12-11T12:00:00.000Z',
    to: '2026-01-10T12:00:00.000Z',
    decisions: 1234,
    last_decision_id: 'dec_01KAQ0V5Z8J3M6N9P2R5T8W1XD',
  },
  summary: {
    newly_blocked: { decisions: 7, people: 1 },
    newly_needs_approval: nobody,
    newly_allowed: nobody,
    no_longer_needs_approval: nobody,
    newly_notified: nobody,
    no_longer_notified: nobody,
  },
  changes: [
    {
      kind: 'newly_blocked',
      before: 'notify',
      after: 'deny',
      person: {
        subject: 'sub_01KAQ0V5Z8J3M6N9P2R5T8W1XE',
        user_id: 'acme-user',
        name: 'Uma User',
        org_unit: 'engineering/web',
      },
      action: 'github_issue_comment',
      connector: 'github',
      decisions: 7,
      examples: [
        {
          decision_id: 'dec_01KAQ0V5Z8J3M6N9P2R5T8W1XD',
          at: '2026-01-10T11:00:00.000Z',
          before,
          after: {
            ...before,
            decision: 'deny',
            reason: 'github_issue_comment is blocked by "Engineering actions"',
            policy_version: 3,
          },
        },
      ],
    },
  ],
  groups: 1,
  widening: false,
  widened: [],
  digest: recordedImpactDigest,
});

export const recordedEvaluation = policyEvaluation.parse({
  decision: 'require_approval',
  policy_applied: `${recordedPolicy.id}@2`,
  reason: 'Policy "Engineering actions" wants a person to approve github_issue_comment.',
  constraints: {},
  person: { user_id: 'acme-admin', role: 'enterprise_admin', org_unit: 'engineering' },
  explanation: [
    {
      domain: 'integrations',
      decision: 'allow',
      code: 'allowed',
      reason: 'github may be used for comment_issue.',
      decided_by: null,
      rule: null,
      effective: { allowed_connectors: 'github' },
      levels: [],
      would_change: [],
    },
    {
      domain: 'actions',
      decision: 'require_approval',
      code: 'approval_required',
      reason: 'Policy "Engineering actions" wants a person to approve github_issue_comment.',
      decided_by: {
        policy_id: recordedPolicy.id,
        policy_name: 'Engineering actions',
        policy_version: 2,
        level: 'org',
      },
      rule: { action_overrides: { github_issue_comment: 'approve' } },
      effective: { 'action_overrides.github_issue_comment': 'approve' },
      levels: [
        {
          level: 'enterprise',
          org_unit: null,
          policy_id: 'pol_shipped',
          policy_name: 'Shipped enterprise actions',
          policy_version: 1,
          says: { 'action_overrides.github_issue_comment': null },
          may_grant: {},
        },
        {
          level: 'org',
          org_unit: 'engineering',
          policy_id: recordedPolicy.id,
          policy_name: 'Engineering actions',
          policy_version: 2,
          says: { 'action_overrides.github_issue_comment': 'approve' },
          may_grant: { 'action_overrides.github_issue_comment': 'notify' },
        },
      ],
      would_change: ['"Engineering actions" would have to say notify for github_issue_comment.'],
    },
  ],
});
