import type { z } from 'zod';
import type { Actor } from '#domain/person/actor.ts';
import type { newPolicy } from '#domain/policy/change.schema.ts';
import type { PolicyScope } from '#domain/policy/policy.ts';
import type { PeopleStore } from '#stores/person/people.ts';

/** Where a new policy is to be. One for a person is checked against the levels above the unit that the person is in. */
export async function newPolicyAt(
  people: Pick<PeopleStore, 'rights'>,
  actor: Actor,
  { impact_digest: impactDigest, scope, ...rest }: z.output<typeof newPolicy>,
): Promise<{ scope: PolicyScope; body: object; impactDigest: string | undefined }> {
  const { level, user_id: userId = null } = scope;
  const known = level === 'user' && userId ? await people.rights(actor.tenantId, userId) : undefined;
  const orgUnit = scope.org_unit ?? known?.orgUnit ?? null;
  const body = { ...rest, scope: { ...scope, ...(orgUnit === null ? {} : { org_unit: orgUnit }) } };
  return { scope: { level, orgUnit, userId }, body, impactDigest };
}
