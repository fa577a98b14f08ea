import { changedPolicy, policyDeprecation } from '#domain/policy-change.schema.ts';
import { planDeprecation } from '#governance/plan-policy-change.ts';
import { changedPolicyAnswer } from '../../views/policy-view.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { defineRoute } from '../route.ts';
import { ifMatchHeader, policyChangeErrors, policyParams } from './policy-params.ts';

export function deletePolicy({ changePolicy }: Pick<RouteDependencies, 'changePolicy'>) {
  return defineRoute({
    method: 'DELETE',
    path: '/api/v1/policies/:id',
    summary: 'The end of a policy: it becomes deprecated, and is never removed',
    auth: 'policies.write_user',
    audit: 'policy.deprecated',
    request: { params: policyParams, headers: ifMatchHeader, body: policyDeprecation },
    response: { 200: changedPolicy },
    errors: policyChangeErrors,
    async handle({ actor, params, headers, body }) {
      const changed = await changePolicy(actor, {
        target: { policyId: params.id },
        ifMatch: headers['if-match'],
        impactDigest: body.impact_digest,
        plan: (ground) => planDeprecation(body, ground),
      });
      return { status: 200, ...changedPolicyAnswer(changed) };
    },
  });
}
