import { CodedError } from '#domain/error.ts';
import * as calls from '#domain/policy/calls.ts';
import { canaryView } from '#domain/policy/impact.schema.ts';
import { refusalToChange } from '#governance/policy/change/may-change.ts';
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
    errors: ['NOT_FOUND', 'forbidden', 'HIGHER_ROLE', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, params }) {
      const { versions, newest } = await visiblePolicy(policies, actor, params.id);
      const refusal = await refusalToChange(people, actor, newest.scope);
      if (refusal !== undefined) throw new CodedError(refusal);
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
