import { changedPolicy, policyRollback } from '#domain/policy-change.schema.ts';
import { planRollback } from '#governance/plan-policy-change.ts';
import { changedPolicyAnswer } from '../../views/policy-view.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { defineRoute } from '../route.ts';
import { ifMatchHeader, policyChangeErrors, policyParams } from './policy-params.ts';

export function rollbackPolicy({ changePolicy }: Pick<RouteDependencies, 'changePolicy'>) {
  return defineRoute({
    method: 'POST',
    path: '/api/v1/policies/:id/rollback',
    summary: 'A new version with the content of an older one',
    auth: 'policies.write_user',
    audit: 'policy.rolled_back',
    request: { params: policyParams, headers: ifMatchHeader, body: policyRollback },
    response: { 200: changedPolicy },
    errors: policyChangeErrors,
    async handle({ actor, params, headers, body }) {
      const changed = await changePolicy(actor, {
        target: { policyId: params.id },
        ifMatch: headers['if-match'],
        impactDigest: body.impact_digest,
        plan: (ground) => planRollback(body, ground),
      });
      return { status: 200, ...changedPolicyAnswer(changed) };
    },
  });
}
