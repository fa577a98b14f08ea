import { CodedError, type ErrorCode } from '#domain/error.ts';
import type { Identity } from '#platform/oidc/actor-from-claims.ts';
import type { PeopleStore } from '#stores/person/people.ts';
import { createRemembered, personKey } from './remembered.ts';

/**
 * Keeps a person's last-seen rights up to date, and returns those that count: what the provider said when it was asked
 * wins over what an older token says. Throws for a person whose rights were revoked or withdrawn since.
 */
export interface NoteSeen {
  (identity: Identity, refusal: ErrorCode): Promise<Identity>;
  /** The next call looks again. */
  forget(person: { tenantId: string; userId: string }): void;
  forgetAll(): void;
}

interface LastSeenOptions {
  people: Pick<PeopleStore, 'seen' | 'rights'>;
  /** At most one look in this time per person and rights, in milliseconds; default 45 000. */
  everyMs?: number;
}

export function createNoteSeen({ people, everyMs = 45_000 }: LastSeenOptions): NoteSeen {
  const remembered = createRemembered<Identity>({ ms: everyMs });

  const look = async (identity: Identity, refusal: ErrorCode): Promise<Identity> => {
    const { actor, ...stated } = identity;
    const { tenantId, userId } = actor;
    await people.seen(tenantId, { userId, role: actor.role, orgUnit: actor.orgUnit, ...stated });
    const known = await people.rights(tenantId, userId);
    if (known === undefined) return identity;
    const { role, orgUnit, revokedAt, withdrawnAt, confirmedAt, notBefore } = known;
    const isOld = notBefore !== null && Date.parse(identity.statedAt) <= Date.parse(notBefore);
    if (revokedAt !== null || withdrawnAt !== null || isOld) throw new CodedError(refusal);
    const wasAskedSince = confirmedAt !== null && Date.parse(confirmedAt) >= Date.parse(identity.issuedAt);
    return wasAskedSince ? { ...identity, actor: { tenantId, userId, role, orgUnit } } : identity;
  };

  const noteSeen = (identity: Identity, refusal: ErrorCode) =>
    remembered.get(personKey(identity.actor), JSON.stringify([identity, refusal]), () =>
      look(identity, refusal),
    );
  return Object.assign(noteSeen, {
    forget: (person: { tenantId: string; userId: string }) => remembered.forget(personKey(person)),
    forgetAll: () => remembered.forgetAll(),
  });
}
