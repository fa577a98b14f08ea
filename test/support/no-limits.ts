const many = '1000000';
const fast = '100000';

/** Rate limits that no test trips over; those that are about limits set their own. */
export const noLimits = {
  RATE_LIMIT_POLICY_MUTATIONS: many,
  RATE_LIMIT_AUDIT_READS: many,
  RATE_LIMIT_AUDIT_EXPORTS: many,
  RATE_LIMIT_ADMIN: many,
  RATE_LIMIT_STATUS: many,
  RATE_LIMIT_REQUESTS: many,
  RATE_LIMIT_READS: many,
  GATEWAY_READS_PER_SECOND: fast,
  GATEWAY_CHANGES_PER_SECOND: fast,
} as const;
