import { changedPolicy, policyActivation } from '#domain/policy-change.schema.ts';
import { planActivation } from '#governance/plan-policy-change.ts';
import { changedPolicyAnswer } from '../../views/policy-view.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { defineRoute } from '../route.ts';
import { ifMatchHeader, policyChangeErrors, policyParams } from './policy-params.ts';

export function activatePolicy({ changePolicy }: Pick<RouteDependencies, 'changePolicy'>) {
  return defineRoute({
    method: 'POST',
    path: '/api/v1/policies/:id/activate',
    summary: 'Puts a draft in force; the version before it ends',
    auth: 'policies.write_user',
    audit: 'policy.activated',
    request: { params: policyParams, headers: ifMatchHeader, body: policyActivation },
    response: { 200: changedPolicy },
    errors: policyChangeErrors,
    async handle({ actor, params, headers, body }) {
      const changed = await changePolicy(actor, {
        target: { policyId: params.id },
        ifMatch: headers['if-match'],
        impactDigest: body.impact_digest,
        plan: (ground) => planActivation(body, ground),
      });
      return { status: 200, ...changedPolicyAnswer(changed) };
    },
  });
}
