import type { Stores } from '#stores/open-stores.ts';
import { activeHolds, type HeldPerson } from '#stores/person/legal-holds.ts';

/** The people whose data must be kept now, and from which time, by the ids that rows know them by. */
export type HeldPeople = (tenantId: string) => Promise<readonly HeldPerson[]>;

export function createHeldPeople({
  legalHolds,
  subjects,
}: Pick<Stores, 'legalHolds' | 'subjects'>): HeldPeople {
  return async (tenantId) => {
    const holds = activeHolds(await legalHolds.list(tenantId));
    const people = await subjects.userIds(
      tenantId,
      holds.flatMap(({ subject }) => (subject === null ? [] : [subject])),
    );
    return holds.map(({ subject, from, to }) => ({
      userId: subject === null ? null : (people.get(subject) ?? subject),
      from,
      to,
    }));
  };
}
