import * as calls from '#domain/policy/calls.ts';
import { policyVersions } from '#domain/policy/change.schema.ts';
import { defineRoute } from '../../http/route.ts';
import type { PolicyParts } from './parts.ts';
import { policyParams, readingIsNotAudited } from './policy-params.ts';
import { policyView } from './policy-view.ts';
import { visiblePolicy } from './visible-policy.ts';

export function listPolicyVersions({ policies }: Pick<PolicyParts, 'policies'>) {
  return defineRoute({
    ...calls.listPolicyVersions,
    summary: 'Every version of a policy, newest first',
    auth: 'policies.read',
    audit: readingIsNotAudited,
    request: { params: policyParams },
    response: { 200: policyVersions },
    errors: ['NOT_FOUND', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, params }) {
      const { versions, newest } = await visiblePolicy(policies, actor, params.id);
      return { status: 200, body: { id: newest.id, versions: versions.toReversed().map(policyView) } };
    },
  });
}
