import { number } from '../variable.ts';

const perMinute = (fallback: number, purpose: string) =>
  number(
    { min: 1, max: 1_000_000, fallback },
    { form: 'number of calls', example: String(fallback), purpose },
  );

const perSecond = (fallback: number, purpose: string) =>
  number({ min: 1, max: 100_000, fallback }, { form: 'number of calls', example: String(fallback), purpose });

/** How many calls are served. */
export const rateLimitVariables = {
  RATE_LIMIT_POLICY_MUTATIONS: perMinute(
    60,
    'Changes of policies a minute, per tenant; per person for who may change only their own',
  ),
  RATE_LIMIT_AUDIT_READS: perMinute(120, 'Readings of audit a minute, per tenant'),
  RATE_LIMIT_AUDIT_EXPORTS: perMinute(10, 'Exports of audit or of personal data a minute, per tenant'),
  RATE_LIMIT_ADMIN: perMinute(60, 'Other acts of administration a minute, per tenant'),
  RATE_LIMIT_STATUS: perMinute(300, 'Calls of status and metrics a minute, per calling address'),
  RATE_LIMIT_REQUESTS: perMinute(120, 'New requests and votes a minute, per person'),
  RATE_LIMIT_READS: perMinute(1_200, 'Other calls a minute, per person'),
  GATEWAY_READS_PER_SECOND: perSecond(
    150,
    'GET calls that a gateway begins each second for a tenant, a third of that while others are there; more wait',
  ),
  GATEWAY_CHANGES_PER_SECOND: perSecond(12, 'The same of other calls, new requests above all'),
};
