import { z } from 'zod';
import { policyView as policyViewSchema } from '#domain/policy/change.schema.ts';
import { entityTag } from '#governance/policy/change/change.ts';
import { versionOf } from '#governance/policy/change/plan-change.ts';
import { defineRoute } from '../../http/route.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { policyParams, readingIsNotAudited } from './policy-params.ts';
import { policyView } from './policy-view.ts';
import { visiblePolicy } from './visible-policy.ts';

const query = z.strictObject({ version: z.coerce.number().int().min(1).optional() });

export function getPolicy({ policies }: Pick<RouteDependencies, 'policies'>) {
  return defineRoute({
    method: 'GET',
    path: '/api/v1/policies/:id',
    summary: 'The newest version of a policy, or the one asked for',
    auth: 'policies.read',
    audit: readingIsNotAudited,
    request: { params: policyParams, query },
    response: { 200: policyViewSchema },
    errors: ['NOT_FOUND', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, params, query: { version } }) {
      const { versions, newest } = await visiblePolicy(policies, actor, params.id);
      const policy = version === undefined ? newest : versionOf(versions, version);
      return { status: 200, body: policyView(policy), headers: { etag: entityTag(newest) } };
    },
  });
}
