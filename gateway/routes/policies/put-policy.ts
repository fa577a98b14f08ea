import { changedPolicy, policyUpdate } from '#domain/policy-change.schema.ts';
import { planUpdate } from '#governance/plan-policy-change.ts';
import { changedPolicyAnswer } from '../../views/policy-view.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { defineRoute } from '../route.ts';
import { ifMatchHeader, policyChangeErrors, policyParams } from './policy-params.ts';

export function putPolicy({ changePolicy }: Pick<RouteDependencies, 'changePolicy'>) {
  return defineRoute({
    method: 'PUT',
    path: '/api/v1/policies/:id',
    summary: 'A new version of a policy: named parts replace the old ones, the rest stays',
    auth: 'policies.write_user',
    audit: 'policy.updated',
    request: { params: policyParams, headers: ifMatchHeader, body: policyUpdate },
    response: { 200: changedPolicy },
    errors: policyChangeErrors,
    async handle({ actor, params, headers, body }) {
      const changed = await changePolicy(actor, {
        target: { policyId: params.id },
        ifMatch: headers['if-match'],
        impactDigest: body.impact_digest,
        plan: (ground) => planUpdate(body, ground),
      });
      return { status: 200, ...changedPolicyAnswer(changed) };
    },
  });
}
