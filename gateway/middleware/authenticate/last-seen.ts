import { CodedError, type ErrorCode } from '#domain/error.ts';
import type { PeopleStore } from '#stores/people.ts';
import type { Identity } from '../../oidc/actor-from-claims.ts';
import { createOnceAWhile } from './once-a-while.ts';

/** Keeps a person's last-seen rights fresh, and refuses one whose rights were revoked since they were stated. */
export type NoteSeen = (identity: Identity, refusal: ErrorCode) => Promise<void>;

interface LastSeenOptions {
  people: Pick<PeopleStore, 'seen' | 'rights'>;
  /** At most once in this time per person and rights; so long a revocation may take. Default 60 000. */
  everyMs?: number;
}

export function createNoteSeen({ people, everyMs = 60_000 }: LastSeenOptions): NoteSeen {
  const onceAWhile = createOnceAWhile({ ms: everyMs });
  return (identity, refusal) =>
    onceAWhile(JSON.stringify(identity), async () => {
      const { actor, ...stated } = identity;
      const { tenantId, userId, role, orgUnit } = actor;
      await people.seen(tenantId, { userId, role, orgUnit, ...stated });
      const rights = await people.rights(tenantId, userId);
      if (rights !== undefined && rights.revokedAt !== null) throw new CodedError(refusal);
    });
}
