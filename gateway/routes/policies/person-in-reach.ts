import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import { mayReach } from '#domain/person/permission.ts';
import type { PeopleStore } from '#stores/person/people.ts';

/**
 * The person about whom policy is asked, with their rights as last stated: the caller, unless somebody else is named.
 * Throws `NOT_FOUND` for somebody who is unknown or not within the caller's reach.
 */
export async function personInReach(
  people: Pick<PeopleStore, 'rights'>,
  actor: Actor,
  { userId }: { userId: string | undefined },
): Promise<Actor> {
  if (userId === undefined || userId === actor.userId) return actor;
  const known = await people.rights(actor.tenantId, userId);
  const reached = mayReach('policies.evaluate', actor, { userId, orgUnit: known?.orgUnit ?? null });
  if (known === undefined || !reached) throw new CodedError('NOT_FOUND');
  const { tenantId, role, orgUnit } = known;
  return { tenantId, userId, role, orgUnit };
}
