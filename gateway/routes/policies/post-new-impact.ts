import * as calls from '#domain/policy/calls.ts';
import { newPolicy } from '#domain/policy/change.schema.ts';
import { impactQuery, impactView as impactViewSchema } from '#domain/policy/impact.schema.ts';
import { defineRoute } from '../../http/route.ts';
import { auditVisibility } from '../audit/visibility.ts';
import { impactView } from './impact-view.ts';
import { newPolicyAt } from './new-policy-at.ts';
import type { PolicyParts } from './parts.ts';
import { impactErrors } from './policy-params.ts';

export function postNewImpact({
  lookAtImpact,
  people,
  rulesFor,
}: Pick<PolicyParts, 'lookAtImpact' | 'people' | 'rulesFor'>) {
  return defineRoute({
    ...calls.postNewImpact,
    summary: 'Whom a new policy would hit, were it in force at once. Nothing is made',
    auth: 'policies.write_user',
    audit: 'policy.impact_previewed',
    request: { query: impactQuery, body: newPolicy },
    response: { 200: impactViewSchema },
    errors: impactErrors,
    async handle({ actor, query: { days }, body: given }) {
      const { scope, body } = await newPolicyAt(people, actor, { ...given, status: 'active' });
      const impact = await lookAtImpact.ofNew(actor, scope, { body, days });
      const visibility = await auditVisibility(actor, rulesFor);
      return { status: 200, body: await impactView(people, { actor, visibility }, impact) };
    },
  });
}
