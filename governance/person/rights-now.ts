import type { Actor } from '#domain/person/actor.ts';
import type { PeopleStore, PersonRights } from '#stores/person/people.ts';
import type { ConfirmRights } from './confirm-rights.ts';

interface RightsOptions {
  people: Pick<PeopleStore, 'rights'>;
  now: () => Date;
  /** Milliseconds after which last-seen rights no longer count. */
  rightsMaxAgeMs: number;
  /** Asks the identity provider first. */
  confirm: Pick<ConfirmRights, 'ofPerson'>;
}

/**
 * Rights as the identity provider confirms them now or, where it can't be asked, as last seen. `undefined`: never seen,
 * revoked, withdrawn, or seen too long ago. Who can't be confirmed doesn't count.
 */
export type RightsNow = (tenantId: string, userId: string) => Promise<Actor | undefined>;

export function createRightsNow({ people, now, rightsMaxAgeMs, confirm }: RightsOptions): RightsNow {
  return async (tenantId, userId) => {
    await confirm.ofPerson(tenantId, userId);
    const rights = await people.rights(tenantId, userId);
    if (rights === undefined || rights.revokedAt !== null || rights.withdrawnAt !== null) return undefined;
    if (now().getTime() - Date.parse(rights.seenAt) > rightsMaxAgeMs) return undefined;
    return actorOf(rights);
  };
}

function actorOf({ tenantId, userId, role, orgUnit }: PersonRights): Actor {
  return { tenantId, userId, role, orgUnit };
}
