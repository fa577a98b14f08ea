import type { z } from 'zod';
import { readablePlaces } from '#domain/policy/access.ts';
import * as calls from '#domain/policy/calls.ts';
import { policyList, policyQuery } from '#domain/policy/change.schema.ts';
import type { PolicyFilters } from '#stores/policy/read.ts';
import { defineRoute } from '../../http/route.ts';
import type { PolicyParts } from './parts.ts';
import { readingIsNotAudited } from './policy-params.ts';
import { policyView } from './policy-view.ts';

export function listPolicies({ policies }: Pick<PolicyParts, 'policies'>) {
  return defineRoute({
    ...calls.listPolicies,
    summary: 'Policies that hold for you or are within your reach: what is active, and what is newer',
    auth: 'policies.read',
    audit: readingIsNotAudited,
    request: { query: policyQuery },
    response: { 200: policyList },
    errors: ['DATABASE_UNAVAILABLE'],
    async handle({ actor, query }) {
      const { limit, offset } = query;
      const filters = filtersOf(query);
      const page = await policies.page(actor.tenantId, {
        filters,
        readable: readablePlaces(actor),
        limit,
        offset,
      });
      return { status: 200, body: { policies: page.policies.map(policyView), total: page.total } };
    },
  });
}

function filtersOf(query: z.output<typeof policyQuery>): PolicyFilters {
  const { domain, status, scope_level: level, org_unit: orgUnit } = query;
  return {
    ...(domain === undefined ? {} : { domain: domain === 'agent-to-agent' ? 'agent_to_agent' : domain }),
    ...(status === undefined ? {} : { status }),
    ...(level === undefined ? {} : { level }),
    ...(orgUnit === undefined ? {} : { orgUnit }),
  };
}
