import { newCanary } from '#domain/impact.schema.ts';
import { changedPolicy } from '#domain/policy-change.schema.ts';
import { planCanary } from '#governance/plan-canary.ts';
import { changedPolicyAnswer } from '../../views/policy-view.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { defineRoute } from '../route.ts';
import { ifMatchHeader, policyChangeErrors, policyParams } from './policy-params.ts';

export function postCanary({ changePolicy }: Pick<RouteDependencies, 'changePolicy'>) {
  return defineRoute({
    method: 'POST',
    path: '/api/v1/policies/:id/canary',
    summary: 'A draft holds for a few people first, until it is activated or taken back',
    auth: 'policies.write_user',
    audit: 'policy.canary_started',
    request: { params: policyParams, headers: ifMatchHeader, body: newCanary },
    response: { 200: changedPolicy },
    errors: policyChangeErrors,
    async handle({ actor, params, headers, body }) {
      const changed = await changePolicy(actor, {
        target: { policyId: params.id },
        ifMatch: headers['if-match'],
        impactDigest: body.impact_digest,
        plan: (ground) => planCanary(body, ground),
      });
      return { status: 200, ...changedPolicyAnswer(changed) };
    },
  });
}
