import { z } from 'zod';
import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import { normalOrgUnit } from '#domain/person/org-unit.ts';
import { mayReach } from '#domain/person/permission.ts';
import * as calls from '#domain/policy/calls.ts';
import { resolvedPolicy, resolveQuery } from '#domain/policy/explain.schema.ts';
import { defineRoute } from '../../http/route.ts';
import type { PolicyParts } from './parts.ts';
import { personInReach } from './person-in-reach.ts';
import { readingIsNotAudited } from './policy-params.ts';

const content = z.record(z.string(), z.json());

/** `policy.resolve` (spec/enterprise.md §1.2). */
export function resolvePolicy({
  people,
  resolvePolicy: resolve,
}: Pick<PolicyParts, 'people' | 'resolvePolicy'>) {
  return defineRoute({
    ...calls.resolvePolicy,
    summary: 'What holds in one domain for a person or a unit, and which policy of each level is behind it',
    auth: 'policies.evaluate',
    audit: readingIsNotAudited,
    request: { query: resolveQuery },
    response: { 200: resolvedPolicy },
    errors: ['NOT_FOUND', 'POLICY_ENGINE_UNREACHABLE', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, query: { domain, user_id: userId, org_unit: unit } }) {
      const person = await placeOf(actor, userId, unit);
      const { effective, hierarchy } = await resolve(
        domain === 'agent-to-agent' ? 'agent_to_agent' : domain,
        person,
      );
      return {
        status: 200,
        body: {
          // Through JSON, which leaves out limits that nobody set.
          effective_policy:
            effective === undefined ? null : content.parse(JSON.parse(JSON.stringify(effective))),
          hierarchy: hierarchy.map(({ level, policyId }) => ({ scope: level, policy_id: policyId })),
        },
      };
    },
  });

  /** For a unit alone: nobody in particular there. With a person: that person as if they were in the unit. */
  async function placeOf(actor: Actor, userId: string | undefined, given: string | undefined) {
    if (given === undefined) return personInReach(people, actor, { userId });
    const orgUnit = normalOrgUnit(given);
    if (orgUnit === undefined) {
      throw new CodedError('INVALID_REQUEST', {
        detail: [{ field: 'org_unit', problem: 'is no slash path such as engineering/web' }],
      });
    }
    const own = orgUnit === actor.orgUnit || actor.orgUnit.startsWith(`${orgUnit}/`);
    if (!own && !mayReach('policies.evaluate', actor, { orgUnit })) throw new CodedError('NOT_FOUND');
    const person = userId === undefined ? { userId: '' } : await personInReach(people, actor, { userId });
    return { tenantId: actor.tenantId, userId: person.userId, orgUnit };
  }
}
