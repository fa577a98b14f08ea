import * as calls from '#domain/policy/calls.ts';
import { policyVersionQuery, policyView as policyViewSchema } from '#domain/policy/change.schema.ts';
import { entityTag } from '#governance/policy/change/change.ts';
import { knownVersion } from '#governance/policy/change/plan-change.ts';
import { defineRoute } from '../../http/route.ts';
import type { PolicyParts } from './parts.ts';
import { policyParams, readingIsNotAudited } from './policy-params.ts';
import { policyView } from './policy-view.ts';
import { visiblePolicy } from './visible-policy.ts';

export function getPolicy({ policies }: Pick<PolicyParts, 'policies'>) {
  return defineRoute({
    ...calls.getPolicy,
    summary: 'The newest version of a policy, or the one asked for',
    auth: 'policies.read',
    audit: readingIsNotAudited,
    request: { params: policyParams, query: policyVersionQuery },
    response: { 200: policyViewSchema },
    errors: ['NOT_FOUND', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, params, query: { version } }) {
      const { versions, newest } = await visiblePolicy(policies, actor, params.id);
      const policy = version === undefined ? newest : knownVersion(versions, version);
      return { status: 200, body: policyView(policy), headers: { etag: entityTag(newest) } };
    },
  });
}
