import { endOfCanary } from '#domain/impact.schema.ts';
import { changedPolicy } from '#domain/policy-change.schema.ts';
import { planCanaryEnd } from '#governance/plan-canary.ts';
import { changedPolicyAnswer } from '../../views/policy-view.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { defineRoute } from '../route.ts';
import { ifMatchHeader, policyChangeErrors, policyParams } from './policy-params.ts';

export function deleteCanary({ changePolicy }: Pick<RouteDependencies, 'changePolicy'>) {
  return defineRoute({
    method: 'DELETE',
    path: '/api/v1/policies/:id/canary',
    summary: 'The draft that held for a few people holds for nobody any more',
    auth: 'policies.write_user',
    audit: 'policy.canary_ended',
    request: { params: policyParams, headers: ifMatchHeader, body: endOfCanary },
    response: { 200: changedPolicy },
    errors: policyChangeErrors,
    async handle({ actor, params, headers, body }) {
      const changed = await changePolicy(actor, {
        target: { policyId: params.id },
        ifMatch: headers['if-match'],
        impactDigest: body.impact_digest,
        plan: (ground) => planCanaryEnd(body, ground),
      });
      return { status: 200, ...changedPolicyAnswer(changed) };
    },
  });
}
