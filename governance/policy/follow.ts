import { z } from 'zod';
import { type Listener, listen } from '#platform/database/listen.ts';
import type { PolicyCache } from './cache.ts';

interface FollowPoliciesOptions {
  /** DATABASE_URL; one connection of its own is kept. */
  url: string;
  cache: Pick<PolicyCache, 'forget' | 'forgetAll'>;
  log: { info(message: string): void; warn(fields: object, message: string): void };
  /** Pause in milliseconds before a lost connection is made again; default 500. */
  retryMs?: number;
}

const notice = z.object({ tenant: z.string() });

/**
 * Listens to PostgreSQL for tenants whose active policies changed, so that the next decision reads them. This only
 * makes it faster: cached policies are read again after a minute in any case.
 */
export function followPolicies({ url, cache, log, retryMs }: FollowPoliciesOptions): Listener {
  return listen({
    url,
    channel: 'openclaw_policies',
    name: 'policies',
    log,
    onConnected: () => cache.forgetAll(),
    onNotice: (payload) => {
      const tenant = tenantOf(payload);
      if (tenant === undefined) cache.forgetAll();
      else cache.forget(tenant);
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
