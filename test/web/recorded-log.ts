import { auditEntryView } from '#domain/audit/audit.schema.ts';
import { treeHead } from '#domain/audit/statement.schema.ts';
import { sessionView } from '#domain/person/session.schema.ts';
import { tenantView } from '#domain/tenant/tenant.schema.ts';

const hash = '8e3f2b1c0d9a7e6f5b4c3d2e1f0a9b8c8e3f2b1c0d9a7e6f5b4c3d2e1f0a9b8c';

/** Entries, heads, sessions and tenants as the page meets them; each has passed the API's own schema. */
export const recordedEntry = auditEntryView.parse({
  id: 'aud_01KAQ0V5Z8J3M6N9P2R5T8W1XF',
  tenant_id: 'acme',
  org_unit: 'engineering/web',
  user_id: 'acme-user',
  timestamp: '2026-01-10T12:00:00.000Z',
  action_type: 'tool_invocation',
  event: 'github.issue_commented',
  source_title: 'GitHub',
  action_detail: 'comment on acme/website#7 <b>now</b>',
  data_accessed: [
    { item_id: 'acme/website#7', source: 'github', classification: 'internal', purpose: 'comment' },
  ],
  model_used: null,
  token_count: null,
  data_classification: 'internal',
  policy_applied: 'pol_01KAQ0V5Z8J3M6N9P2R5T8W1XA@2',
  policy_result: 'require_approval',
  policy_reason: 'Policy "Engineering actions" wants a person to approve github_issue_comment.',
  outcome: 'success',
  request_id: 'req_01KAQ0V5Z8J3M6N9P2R5T8W1XZ',
  decision_id: 'dec_01KAQ0V5Z8J3M6N9P2R5T8W1XD',
  metadata: { approval_id: 'apr_01KAQ0V5Z8J3M6N9P2R5T8W1XY' },
  subject: 'sub_01KAQ0V5Z8J3M6N9P2R5T8W1XE',
  leaf_hash: hash,
});

export const recordedHead = treeHead.parse({
  claims: {
    kind: 'audit-head',
    tenantId: 'acme',
    n: 42,
    size: 1234,
    rootHash: hash,
    at: '2026-01-10T12:01:00.000Z',
    previous: hash,
  },
  keyId: 'audit-2026',
  signature: 'A'.repeat(86),
});

export const recordedSession = sessionView.parse({
  id: 'ses_01KAQ0V5Z8J3M6N9P2R5T8W1XG',
  user_id: 'acme-user',
  browser: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  created_at: '2026-01-10T08:00:00.000Z',
  seen_at: '2026-01-10T12:00:00.000Z',
  expires_at: '2126-01-10T20:00:00.000Z',
  is_current: true,
});

export const recordedTenant = tenantView.parse({
  id: 'globex',
  name: 'Globex Corporation',
  domains: ['globex.test'],
  oidc_issuer: null,
  status: 'active',
  created_at: '2026-01-01T12:00:00.000Z',
  delete_at: null,
});
