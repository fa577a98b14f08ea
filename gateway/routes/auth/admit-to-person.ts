import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import { mayManage } from '#domain/person/may-manage.ts';
import { mayReach } from '#domain/person/permission.ts';
import type { PeopleStore } from '#stores/person/people.ts';

/**
 * Throws unless the caller may manage the sessions of a person: `NOT_FOUND` for one out of reach, `HIGHER_ROLE` for one
 * who outranks them.
 */
export async function admitToPerson(
  people: Pick<PeopleStore, 'rights'>,
  actor: Actor,
  userId: string,
): Promise<void> {
  const known = await people.rights(actor.tenantId, userId);
  if (!mayReach('sessions.manage', actor, { userId, orgUnit: known?.orgUnit ?? null })) {
    throw new CodedError('NOT_FOUND');
  }
  if (!mayManage(actor, { userId, role: known?.role })) throw new CodedError('HIGHER_ROLE');
}
