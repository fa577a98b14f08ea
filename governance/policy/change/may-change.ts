import type { Actor } from '#domain/person/actor.ts';
import { mayWritePolicy } from '#domain/policy/access.ts';
import type { PolicyScope } from '#domain/policy/policy.ts';
import type { PeopleStore } from '#stores/person/people.ts';

/** May the person change a policy of this scope? */
export async function mayChangePolicy(
  people: Pick<PeopleStore, 'rights'>,
  actor: Actor,
  scope: PolicyScope,
): Promise<boolean> {
  const unit = await unitOfOwner(people, actor, scope);
  return mayWritePolicy(actor, scope, unit ?? scope.orgUnit);
}

/** The unit of the person whom the policy is for, as the identity provider last stated it; `null` = unknown. */
export async function unitOfOwner(
  people: Pick<PeopleStore, 'rights'>,
  { tenantId }: Actor,
  { level, userId }: PolicyScope,
): Promise<string | null> {
  if (level !== 'user' || userId === null) return null;
  return (await people.rights(tenantId, userId))?.orgUnit ?? null;
}
