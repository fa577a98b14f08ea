import { z } from 'zod';
import { policyDiff } from '#domain/policy/change.schema.ts';
import { diffPolicies } from '#domain/policy/diff.ts';
import { versionOf } from '#governance/policy/change/plan-change.ts';
import { defineRoute } from '../../http/route.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { policyParams, readingIsNotAudited } from './policy-params.ts';
import { visiblePolicy } from './visible-policy.ts';

const version = z.coerce.number().int().min(1);
const query = z.strictObject({ from: version, to: version });

export function diffPolicy({ policies }: Pick<RouteDependencies, 'policies'>) {
  return defineRoute({
    method: 'GET',
    path: '/api/v1/policies/:id/diff',
    summary: 'What a policy says differently in two of its versions, place by place',
    auth: 'policies.read',
    audit: readingIsNotAudited,
    request: { params: policyParams, query },
    response: { 200: policyDiff },
    errors: ['NOT_FOUND', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, params, query: { from, to } }) {
      const { versions, newest } = await visiblePolicy(policies, actor, params.id);
      const difference = diffPolicies(versionOf(versions, from), versionOf(versions, to));
      return { status: 200, body: policyDiff.parse({ id: newest.id, from, to, ...difference }) };
    },
  });
}
