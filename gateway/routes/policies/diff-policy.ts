import * as calls from '#domain/policy/calls.ts';
import { policyDiff, policyDiffQuery } from '#domain/policy/change.schema.ts';
import { diffPolicies } from '#domain/policy/diff.ts';
import { knownVersion } from '#governance/policy/change/plan-change.ts';
import { defineRoute } from '../../http/route.ts';
import type { PolicyParts } from './parts.ts';
import { policyParams, readingIsNotAudited } from './policy-params.ts';
import { visiblePolicy } from './visible-policy.ts';

export function diffPolicy({ policies }: Pick<PolicyParts, 'policies'>) {
  return defineRoute({
    ...calls.diffPolicy,
    summary: 'What a policy says differently in two of its versions, place by place',
    auth: 'policies.read',
    audit: readingIsNotAudited,
    request: { params: policyParams, query: policyDiffQuery },
    response: { 200: policyDiff },
    errors: ['NOT_FOUND', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, params, query: { from, to } }) {
      const { versions, newest } = await visiblePolicy(policies, actor, params.id);
      const compared = [knownVersion(versions, from), knownVersion(versions, to)] as const;
      const unproven = compared.filter((one) => one.unproven).map(({ version }) => version);
      return {
        status: 200,
        body: policyDiff.parse({
          id: newest.id,
          from,
          to,
          ...diffPolicies(...compared),
          ...(unproven.length === 0 ? {} : { unproven }),
        }),
      };
    },
  });
}
