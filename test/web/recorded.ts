import { approvalView } from '#domain/approval/approval.schema.ts';
import { userInfo } from '#domain/person/session.schema.ts';
import { requestView } from '#domain/request/request.schema.ts';

/** Answers of the API as the page meets them; each has passed the API's own schema. */
export const recordedUser = userInfo.parse({
  userId: 'acme-user',
  email: 'user@acme.test',
  roles: ['user'],
  orgUnit: 'engineering/web',
  tenantId: 'acme',
  effectivePermissions: {
    canManagePolicies: false,
    policyScope: 'user',
    canQueryAudit: true,
    auditScope: 'user',
  },
  sessionId: 'ses_01KAQ0V5Z8J3M6N9P2R5T8W1XA',
});

export const recordedLead = userInfo.parse({
  ...recordedUser,
  userId: 'acme-lead',
  email: 'lead@acme.test',
  roles: ['team_lead'],
  orgUnit: 'engineering',
  effectivePermissions: { ...recordedUser.effectivePermissions, policyScope: 'team', auditScope: 'team' },
  sessionId: 'ses_01KAQ0V5Z8J3M6N9P2R5T8W1XB',
});

export const recordedAdmin = userInfo.parse({
  ...recordedUser,
  userId: 'acme-admin',
  email: 'admin@acme.test',
  roles: ['enterprise_admin'],
  orgUnit: 'engineering',
  effectivePermissions: {
    canManagePolicies: true,
    policyScope: 'enterprise',
    canQueryAudit: true,
    auditScope: 'enterprise',
  },
  sessionId: 'ses_01KAQ0V5Z8J3M6N9P2R5T8W1XC',
});

export const recordedDigest = '5d1c0f3a9be274860b1d2e4f7a8c9b0d5d1c0f3a9be274860b1d2e4f7a8c9b0d';

export const recordedApproval = approvalView.parse({
  id: 'apr_01KAQ0V5Z8J3M6N9P2R5T8W1XY',
  request_id: 'req_01KAQ0V5Z8J3M6N9P2R5T8W1XZ',
  run_id: 'req_01KAQ0V5Z8J3M6N9P2R5T8W1XZ/1',
  round: 1,
  state: 'pending',
  requester: { user_id: 'acme-user', email: 'user@acme.test', name: 'Uma User', org_unit: 'engineering/web' },
  action: 'github_issue_comment',
  title: 'Comment on an issue',
  target: 'acme/website#7',
  preview: 'Fixed in 2.1\n\n<img src="x" onerror="document.title=\'owned\'">',
  reason: 'Policy "Engineering" wants a person to approve github_issue_comment.',
  policy_applied: 'pol_01KAQ0V5Z8J3M6N9P2R5T8W1XA@3',
  digest: recordedDigest,
  approvers: { role: 'team_lead', org_unit: 'engineering/web' },
  may_decide: true,
  created_at: '2026-01-10T12:00:00.000Z',
  expires_at: '2126-01-17T12:00:00.000Z',
  decided_at: null,
  decided_by: null,
  decision_reason: null,
  asked_again: null,
  waits: null,
});

export const recordedRequest = requestView.parse({
  id: 'req_01KAQ0V5Z8J3M6N9P2R5T8W1XZ',
  state: 'received',
  user_id: 'acme-user',
  text: 'comment on acme/website#7: Fixed in 2.1',
  planner: null,
  answer: null,
  suggestions: [],
  error: null,
  actions: [],
  created_at: '2026-01-10T12:00:00.000Z',
  updated_at: '2026-01-10T12:00:00.000Z',
  finished_at: null,
});

export const recordedAction = {
  n: 1,
  sending: 1,
  action: 'github_issue_comment',
  title: 'Comment on an issue',
  target: 'acme/website#7',
  state: 'waiting_approval',
  verdict: 'require_approval',
  reason: recordedApproval.reason,
  policy_applied: recordedApproval.policy_applied,
  approval_id: recordedApproval.id,
  classification: 'internal',
  answer: null,
  result: null,
  error: null,
  waits: null,
} satisfies (typeof recordedRequest)['actions'][number];

export const recordedQueued = requestView.parse({
  ...recordedRequest,
  state: 'queued',
  planner: 'built-in rules',
  actions: [recordedAction],
});
