import { CodedError } from '#domain/error.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { GrantStore } from '#stores/person/grants.ts';
import type { PeopleStore } from '#stores/person/people.ts';
import type { BrowserSessions } from './browser-sessions.ts';

/**
 * Nothing of a person counts any more until they sign in again: sessions, tokens made before, rights last seen, and
 * with those their votes. False for a person whom this tenant has never seen.
 */
export type SignOutEverywhere = (tenantId: string, userId: string) => Promise<boolean>;

interface SignOutEverywhereOptions {
  people: Pick<PeopleStore, 'revoke' | 'rights'>;
  grants: Pick<GrantStore, 'removeAllOf'>;
  sessions: Pick<BrowserSessions, 'endAllOf'>;
  recordEvent: RecordEvent;
  /** Forgets what this gateway remembers of the person; others hear of it from the database. */
  forget(person: { tenantId: string; userId: string }): void;
}

export function createSignOutEverywhere(options: SignOutEverywhereOptions): SignOutEverywhere {
  const { people, grants, sessions, recordEvent, forget } = options;
  return async (tenantId, userId) => {
    const known = await people.rights(tenantId, userId).catch((error: unknown) => {
      if (error instanceof CodedError && error.code === 'TENANT_UNKNOWN') return undefined;
      throw error;
    });
    if (known === undefined) return false;
    // Before the record: no access may stand because a record can't be written.
    await people.revoke(tenantId, userId);
    const ended = await sessions.endAllOf(tenantId, userId);
    await grants.removeAllOf(tenantId, userId);
    forget({ tenantId, userId });
    const { role, orgUnit } = known;
    await recordEvent(
      { tenantId, userId, role, orgUnit },
      {
        event: 'session.revoked',
        detail: 'the identity provider signed the person out',
        outcome: 'success',
        metadata: { sessions: ended },
      },
    );
    return true;
  };
}
