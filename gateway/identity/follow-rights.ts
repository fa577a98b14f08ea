import { z } from 'zod';
import { type Listener, listen } from '#platform/database/listen.ts';

interface FollowRightsOptions {
  /** DATABASE_URL; one connection of its own is kept. */
  url: string;
  /** Forgets the cached rights of a person; `undefined` = of everybody. */
  forget: (person: { tenantId: string; userId: string } | undefined) => void;
  log: { info(message: string): void; warn(fields: object, message: string): void };
}

const notice = z.object({ tenant: z.string(), user_id: z.string() });

/**
 * Listens to PostgreSQL for people whose rights changed or whose session ended, so that the next call looks them up.
 * This only makes it faster: cached rights expire after RIGHTS_RECHECK_MS in any case, a cached session after half a
 * minute.
 */
export function followRights({ url, forget, log }: FollowRightsOptions): Listener {
  return listen({
    url,
    channel: 'openclaw_rights',
    name: 'rights',
    log,
    onConnected: () => forget(undefined),
    onNotice: (payload) => forget(personOf(payload)),
  });
}

function personOf(payload: string | undefined): { tenantId: string; userId: string } | undefined {
  try {
    const { tenant, user_id: userId } = notice.parse(JSON.parse(payload ?? ''));
    return { tenantId: tenant, userId };
  } catch {
    return undefined;
  }
}
