import { CodedError } from '#domain/error.ts';
import * as calls from '#domain/policy/calls.ts';
import { canaryView } from '#domain/policy/impact.schema.ts';
import { mayChangePolicy } from '#governance/policy/change/may-change.ts';
import { defineRoute } from '../../http/route.ts';
import type { PolicyParts } from './parts.ts';
import { policyParams, readingIsNotAudited } from './policy-params.ts';
import { visiblePolicy } from './visible-policy.ts';

export function getCanary({ policies, people }: Pick<PolicyParts, 'policies' | 'people'>) {
  return defineRoute({
    ...calls.getCanary,
    summary: 'Which version of a policy holds for whom first; for those who may change it',
    auth: 'policies.write_user',
    audit: readingIsNotAudited,
    request: { params: policyParams },
    response: { 200: canaryView },
    errors: ['NOT_FOUND', 'forbidden', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, params }) {
      const { versions, newest } = await visiblePolicy(policies, actor, params.id);
      if (!(await mayChangePolicy(people, actor, newest.scope))) throw new CodedError('forbidden');
      const ahead = versions.find(({ canaryFor, unproven }) => canaryFor !== undefined && !unproven);
      return {
        status: 200,
        body: {
          policy_id: newest.id,
          version: ahead?.version ?? null,
          user_ids: [...(ahead?.canaryFor ?? [])],
        },
      };
    },
  });
}
