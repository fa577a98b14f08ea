import { z } from 'zod';
import { type Listener, listen } from '#platform/database/listen.ts';
import type { HeldPolicies } from './hold.ts';

interface FollowPoliciesOptions {
  /** DATABASE_URL; one connection of its own is kept. */
  url: string;
  held: Pick<HeldPolicies, 'forget' | 'forgetAll'>;
  log: { info(message: string): void; warn(fields: object, message: string): void };
  /** Pause in milliseconds before a lost connection is made again; default 500. */
  retryMs?: number;
}

const notice = z.object({ tenant: z.string() });

/**
 * Listens to PostgreSQL for tenants whose active policies changed, so that the next decision reads them. This only
 * makes it faster: cached policies are read again after a minute in any case.
 */
export function followPolicies({ url, held, log, retryMs }: FollowPoliciesOptions): Listener {
  return listen({
    url,
    channel: 'openclaw_policies',
    name: 'policies',
    log,
    onConnected: () => held.forgetAll(),
    onNotice: (payload) => {
      const tenant = tenantOf(payload);
      if (tenant === undefined) held.forgetAll();
      else held.forget(tenant);
    },
    ...(retryMs === undefined ? {} : { retryMs }),
  });
}

function tenantOf(payload: string | undefined): string | undefined {
  try {
    return notice.parse(JSON.parse(payload ?? '')).tenant;
  } catch {
    return undefined;
  }
}
