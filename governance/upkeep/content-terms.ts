import { nobodyInParticular } from '#domain/policy/oversight.ts';
import type { Policy } from '#domain/policy/policy.ts';
import { effectiveRulesOf } from '../policy/effective.ts';

/** How long contents are kept. */
export interface ContentTerms {
  /** Days after the end of a request, or after a reason was written. */
  retentionDays: number;
  /** Hours after a read, for its result. */
  ephemeralHours: number;
}

/**
 * The terms by the enterprise's own policy, for everybody's contents: nobody shortens how long what they asked for can
 * be looked up, so no unit's or person's policy and no canary has a say, also where one was stored before that. Without
 * one `undefined`, so that nothing is deleted. Throws when a stored policy doesn't fit its domain.
 */
export function contentTerms(active: readonly Policy[]): ContentTerms | undefined {
  const rules = effectiveRulesOf('data', nobodyInParticular, active);
  const { retention_days: retentionDays, ephemeral_data_ttl_hours: ephemeralHours } = rules ?? {};
  // Where a policy speaks both are known: a value that it leaves out has a default.
  return retentionDays === undefined || ephemeralHours === undefined
    ? undefined
    : { retentionDays, ephemeralHours };
}
