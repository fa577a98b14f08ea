import * as calls from '#domain/policy/calls.ts';
import { newPolicySettings, policySettings as policySettingsView } from '#domain/policy/impact.schema.ts';
import { defineRoute } from '../../http/route.ts';
import type { PolicyParts } from './parts.ts';

export function putPolicySettings({
  policySettings,
  recordEvent,
}: Pick<PolicyParts, 'policySettings' | 'recordEvent'>) {
  return defineRoute({
    ...calls.putPolicySettings,
    summary: 'Says which changes of policy have to name the digest of their impact: off, widening or all',
    auth: 'policies.write_enterprise',
    audit: 'policy.settings_changed',
    request: { body: newPolicySettings },
    response: { 200: policySettingsView },
    errors: ['AUDIT_WRITE_FAILED', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, body: { policy_change_review: changeReview, change_reason: reason } }) {
      await policySettings.change(actor.tenantId, { changeReview }, (before) =>
        recordEvent(actor, {
          event: 'policy.settings_changed',
          detail: `policy_change_review: ${before.changeReview} → ${changeReview}: ${reason}`,
          outcome: 'success',
          metadata: { previous: before.changeReview, new: changeReview },
        }),
      );
      return { status: 200, body: { policy_change_review: changeReview } };
    },
  });
}
