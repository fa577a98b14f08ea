import { type Limits, openLimits } from '#platform/cache/open-limits.ts';
import type { Config } from '#platform/config/parse-config.ts';
import type { LimitClass } from './limit-class.ts';

/** How many calls of each class are served per minute, as configured. */
export function openCallLimits(
  config: Config,
  { onConnectionLost }: { onConnectionLost: (error: Error) => void },
): Limits<LimitClass> {
  return openLimits({
    url: config.redisUrl,
    onConnectionLost,
    perMinute: {
      policy_mutation: config.rateLimitPolicyMutations,
      audit_read: config.rateLimitAuditReads,
      audit_export: config.rateLimitAuditExports,
      admin: config.rateLimitAdmin,
      status: config.rateLimitStatus,
      request: config.rateLimitRequests,
      read: config.rateLimitReads,
    },
  });
}
