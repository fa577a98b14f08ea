import type { Policy } from '#domain/policy/policy.ts';
import { effectiveRulesOf } from '../policy/effective.ts';

/** How long contents are kept, for the requests of which units. */
export interface ContentTerms {
  units: readonly string[];
  /** Days after the end of a request. */
  retentionDays: number;
  /** Hours after a read, for its result. */
  ephemeralHours: number;
}

/**
 * The terms of each unit by the merged data policy (spec/decisions.md 25: units may shorten the time, never extend it).
 * A person's own policy and a canary have no say: nobody shortens how long their own requests can be looked up. Units
 * without a policy are left out, so that nothing of theirs is deleted. Throws when a stored policy doesn't fit its
 * domain.
 */
export function contentTerms(units: readonly string[], active: readonly Policy[]): ContentTerms[] {
  const speaking = active.filter(({ scope, canaryFor }) => scope.level !== 'user' && canaryFor === undefined);
  const stated = units.flatMap((unit) => {
    const terms = termsOf(unit, speaking);
    return terms === undefined ? [] : [{ unit, ...terms }];
  });
  const alike = Map.groupBy(
    stated,
    ({ retentionDays, ephemeralHours }) => `${retentionDays}/${ephemeralHours}`,
  );
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { retentionDays, ephemeralHours } = first;
    return [{ units: group.map(({ unit }) => unit), retentionDays, ephemeralHours }];
  });
}

/** The terms of contents that belong to no request: by the enterprise's own policy; `undefined` without one. */
export function enterpriseTerms(active: readonly Policy[]) {
  return termsOf(
    '',
    active.filter(({ scope, canaryFor }) => scope.level === 'enterprise' && canaryFor === undefined),
  );
}

function termsOf(orgUnit: string, policies: readonly Policy[]): Omit<ContentTerms, 'units'> | undefined {
  const rules = effectiveRulesOf('data', { orgUnit, userId: '' }, policies);
  const { retention_days: retentionDays, ephemeral_data_ttl_hours: ephemeralHours } = rules ?? {};
  // Where a policy speaks both are known: a value that it leaves out has a default.
  return retentionDays === undefined || ephemeralHours === undefined
    ? undefined
    : { retentionDays, ephemeralHours };
}
