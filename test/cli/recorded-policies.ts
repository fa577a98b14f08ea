import { onTestFinished } from 'vitest';
import { postImpact } from '#domain/policy/calls.ts';
import type { PolicyView } from '#domain/policy/change.schema.ts';
import type { ImpactView } from '#domain/policy/impact.schema.ts';
import { on, startRecordedGateway } from './recorded-gateway.ts';
import { newConfigDir, openclaw } from './run-openclaw.ts';

export type Replies = Parameters<typeof startRecordedGateway>[0];

export const id = 'pol_01JD3Z5W7M8N9P0Q1R2S3T4V5W';

export const policy: PolicyView = {
  id,
  name: 'Engineering GitHub Write',
  domain: 'integrations',
  scope: { level: 'org', org_unit: 'engineering', user_id: null },
  version: 2,
  status: 'active',
  rules: { allowed_connectors: ['github', 'jira'], default_permission: 'read' },
  may_grant: null,
  change_reason: 'Enable commenting',
  created_by: 'ada',
  created_at: '2026-11-21T12:00:00.000Z',
};
export const first: PolicyView = {
  ...policy,
  version: 1,
  status: 'deprecated',
  rules: { default_permission: 'read' },
};
export const digest = 'd'.repeat(64);
export const none = { decisions: 0, people: 0 };
export const impact: ImpactView = {
  preview_id: 'prv_01JD3Z5W7M8N9P0Q1R2S3T4V5W',
  window: {
    from: '2026-10-22T12:00:00.000Z',
    to: '2026-11-21T12:00:00.000Z',
    decisions: 120,
    last_decision_id: 'dec_01JD3Z5W7M8N9P0Q1R2S3T4V5W',
  },
  summary: {
    newly_blocked: { decisions: 7, people: 1 },
    newly_needs_approval: none,
    newly_allowed: none,
    no_longer_needs_approval: none,
    newly_notified: none,
    no_longer_notified: none,
  },
  changes: [
    {
      kind: 'newly_blocked',
      before: 'require_approval',
      after: 'deny',
      person: { subject: 'sub_1', user_id: 'lea', name: 'Lea', org_unit: 'engineering' },
      action: 'github_pr_close',
      connector: 'github',
      decisions: 7,
      examples: [],
    },
  ],
  groups: 1,
  widening: true,
  widened: ['default_permission: read -> read_write'],
  digest,
};
export const asked: Replies = { [on(postImpact, { id })]: { body: impact } };

/** `openclaw policy …` against recorded answers. */
export async function run(
  words: string[],
  replies: Replies,
  more: { stdin?: string; env?: Record<string, string> } = {},
) {
  const gateway = await startRecordedGateway(replies);
  onTestFinished(() => gateway.close());
  const options = { configDir: newConfigDir(), gateway: gateway.url, token: 'token', ...more };
  return { ...(await openclaw(['policy', ...words], options)), calls: gateway.calls };
}
