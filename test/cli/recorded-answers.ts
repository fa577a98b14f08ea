import type { ApprovalView } from '#domain/approval/approval.schema.ts';
import type { AuditPage } from '#domain/audit/audit.schema.ts';
import type { UserInfo } from '#domain/person/session.schema.ts';
import type { RequestView } from '#domain/request/request.schema.ts';
import type { SystemStatus } from '#domain/status/status.schema.ts';
import { capabilityNames } from '#domain/status/status.ts';

export const requestId = 'req_01JD3Z5W7M8N9P0Q1R2S3T4V5W';
export const approvalId = 'apr_01JD3Z5W7M8N9P0Q1R2S3T4V5X';
export const digest = 'ab'.repeat(32);
const at = '2026-11-21T12:00:00.000Z';

export const alice: UserInfo = {
  userId: 'acme-alice',
  email: 'alice@company.com',
  roles: ['org_admin'],
  orgUnit: 'engineering',
  tenantId: 'acme-corp',
  effectivePermissions: {
    canManagePolicies: true,
    policyScope: 'org',
    canQueryAudit: true,
    auditScope: 'org',
  },
};

export const healthy: SystemStatus = {
  status: 'healthy',
  components: {
    gateway: 'healthy',
    policyEngine: 'healthy',
    opa: 'healthy',
    connectors: { github: 'healthy' },
    database: 'healthy',
    audit: 'healthy',
    temporal: 'healthy',
    cache: 'healthy',
  },
  capabilities: capabilityNames.map((name) => ({ name, status: 'active' })),
  version: '0.1.0',
  timestamp: at,
};

const comment: RequestView['actions'][number] = {
  n: 1,
  sending: 1,
  action: 'github_issue_comment',
  title: 'Comment on a GitHub issue',
  target: 'acme/website#7',
  state: 'waiting_approval',
  verdict: 'require_approval',
  reason: 'Comments on issues need an approval.',
  policy_applied: 'pol_acme@1',
  approval_id: approvalId,
  classification: 'internal',
  answer: null,
  result: null,
  error: null,
  waits: null,
};

export const queued: RequestView = {
  id: requestId,
  state: 'queued',
  user_id: 'acme-user',
  text: 'comment on acme/website#7: Fixed in 2.1',
  planner: 'built-in rules',
  answer: null,
  suggestions: [],
  error: null,
  actions: [comment],
  created_at: at,
  updated_at: at,
  finished_at: null,
};

export const received: RequestView = { ...queued, state: 'received', planner: null, actions: [] };

export const answered: RequestView = {
  ...queued,
  state: 'answered',
  answer: 'Commented on acme/website#7.',
  actions: [{ ...comment, state: 'done', answer: 'Commented on acme/website#7.' }],
  finished_at: at,
};

export const denied: RequestView = {
  ...queued,
  state: 'denied',
  text: 'close pull request acme/website#9',
  actions: [
    {
      ...comment,
      action: 'github_pr_close',
      title: 'Close a GitHub pull request',
      target: 'acme/website#9',
      state: 'denied',
      verdict: 'deny',
      reason: 'The organisation policy does not list close_pr.',
      approval_id: null,
    },
  ],
  finished_at: at,
};

export const unknownOutcome: RequestView = {
  ...queued,
  state: 'outcome_unknown',
  actions: [{ ...comment, state: 'outcome_unknown' }],
};

export const pending: ApprovalView = {
  id: approvalId,
  request_id: requestId,
  run_id: `${requestId}/1`,
  round: 1,
  state: 'pending',
  requester: { user_id: 'acme-user', email: 'user@acme.test', name: 'Uma User', org_unit: 'engineering/web' },
  action: 'github_issue_comment',
  title: 'Comment on a GitHub issue',
  target: 'acme/website#7',
  preview: 'Fixed in 2.1',
  reason: 'Comments on issues need an approval.',
  policy_applied: 'pol_acme@1',
  digest,
  approvers: { role: 'team_lead', org_unit: 'engineering/web' },
  may_decide: true,
  created_at: at,
  expires_at: '2026-11-28T12:00:00.000Z',
  decided_at: null,
  decided_by: null,
  decision_reason: null,
  asked_again: null,
  waits: null,
};

export const auditAnswer: AuditPage = {
  total: 1,
  total_exact: true,
  limit: 100,
  offset: 0,
  next_cursor: null,
  entries: [
    {
      id: 'aud_01JD3Z5W7M8N9P0Q1R2S3T4V5Y',
      tenant_id: 'acme',
      org_unit: 'engineering/web',
      user_id: 'acme-user',
      timestamp: at,
      action_type: 'tool_invocation',
      event: 'github.issue_commented',
      source_title: 'GitHub',
      action_detail: 'comment on acme/website#7',
      data_accessed: [
        { item_id: 'acme/website#7', source: 'github', classification: 'internal', purpose: 'comment' },
      ],
      model_used: null,
      token_count: null,
      data_classification: 'internal',
      policy_applied: 'pol_acme@1',
      policy_result: 'require_approval',
      policy_reason: 'Comments on issues need an approval.',
      outcome: 'success',
      request_id: requestId,
      decision_id: 'dec_01JD3Z5W7M8N9P0Q1R2S3T4V5Z',
      metadata: { run_id: `${requestId}/1` },
      subject: 'sub_01JD3Z5W7M8N9P0Q1R2S3T4V5Q',
      leaf_hash: 'cd'.repeat(32),
    },
  ],
};

/** An error answer of the gateway. */
export function refusal(status: number, error: string, message: string) {
  return { status, body: { error, message } };
}
