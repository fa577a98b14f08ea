import * as calls from '#domain/policy/calls.ts';
import { policySettings as policySettingsView } from '#domain/policy/impact.schema.ts';
import { defineRoute } from '../../http/route.ts';
import type { PolicyParts } from './parts.ts';
import { readingIsNotAudited } from './policy-params.ts';

export function getPolicySettings({ policySettings }: Pick<PolicyParts, 'policySettings'>) {
  return defineRoute({
    ...calls.getPolicySettings,
    summary: 'Which changes of policy have to name the digest of their impact',
    auth: 'policies.read',
    audit: readingIsNotAudited,
    request: {},
    response: { 200: policySettingsView },
    errors: ['DATABASE_UNAVAILABLE'],
    async handle({ actor }) {
      const { changeReview } = await policySettings.read(actor.tenantId);
      return { status: 200, body: { policy_change_review: changeReview } };
    },
  });
}
