import { CodedError } from '#domain/error.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { GrantStore } from '#stores/person/grants.ts';
import type { PeopleStore } from '#stores/person/people.ts';
import type { BrowserSessions } from './browser-sessions.ts';

/**
 * Signs a person out everywhere: until they sign in again, their sessions, earlier tokens and last-seen rights no
 * longer count, and with the rights their votes. False for a person whom this tenant has never seen.
 */
export type SignOutEverywhere = (tenantId: string, userId: string) => Promise<boolean>;

interface SignOutEverywhereOptions {
  people: Pick<PeopleStore, 'revoke' | 'rights'>;
  grants: Pick<GrantStore, 'removeAllOf'>;
  sessions: Pick<BrowserSessions, 'endAllOf'>;
  recordEvent: RecordEvent;
  /** Forgets what this gateway has cached about the person; other gateways are told by the database. */
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
    // Before the record: access must end even if the record can't be written.
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
