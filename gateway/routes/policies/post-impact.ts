import * as calls from '#domain/policy/calls.ts';
import { impactQuery, impactQuestion, impactView as impactViewSchema } from '#domain/policy/impact.schema.ts';
import { defineRoute } from '../../http/route.ts';
import { auditVisibility } from '../audit/visibility.ts';
import { impactView } from './impact-view.ts';
import type { PolicyParts } from './parts.ts';
import { impactErrors, policyParams } from './policy-params.ts';

export function postImpact({
  lookAtImpact,
  people,
  rulesFor,
}: Pick<PolicyParts, 'lookAtImpact' | 'people' | 'rulesFor'>) {
  return defineRoute({
    ...calls.postImpact,
    summary: 'Whom a change would hit: recorded decisions asked again under it. Nothing is changed',
    auth: 'policies.write_user',
    audit: 'policy.impact_previewed',
    request: { params: policyParams, query: impactQuery, body: impactQuestion.default({}) },
    response: { 200: impactViewSchema },
    errors: impactErrors,
    async handle({ actor, params, query: { days }, body: question }) {
      const impact = await lookAtImpact.ofChange(actor, params.id, { question, days });
      const visibility = await auditVisibility(actor, rulesFor);
      return { status: 200, body: await impactView(people, { actor, visibility }, impact) };
    },
  });
}
