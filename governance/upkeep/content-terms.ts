import type { Policy } from '#domain/policy/policy.ts';
import { effectiveRulesOf } from '../policy/effective.ts';

/** How long contents are kept, and for which units' requests. */
export interface ContentTerms {
  units: readonly string[];
  /** Days after the end of a request. */
  retentionDays: number;
  /** Hours after a read, for its result. */
  ephemeralHours: number;
}

/**
 * The terms of each unit by the merged data policy (spec/decisions.md 25: units may keep for a shorter time, never for a
 * longer one). A person's own policy and drafts for a few have no say: nobody shortens how long it can be seen what they
 * asked for. Units that no policy speaks for are left out, so that nothing of theirs is deleted. Throws when a stored
 * policy doesn't fit its domain.
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

/** Of what belongs to no request: the enterprise's own policy; `undefined` where there is none. */
export function enterpriseTerms(active: readonly Policy[]) {
  return termsOf(
    '',
    active.filter(({ scope, canaryFor }) => scope.level === 'enterprise' && canaryFor === undefined),
  );
}

function termsOf(orgUnit: string, policies: readonly Policy[]): Omit<ContentTerms, 'units'> | undefined {
  const rules = effectiveRulesOf('data', { orgUnit, userId: '' }, policies);
  const { retention_days: retentionDays, ephemeral_data_ttl_hours: ephemeralHours } = rules ?? {};
  // Where a policy speaks, both are always known: what it leaves unsaid has a value of the product.
  return retentionDays === undefined || ephemeralHours === undefined
    ? undefined
    : { retentionDays, ephemeralHours };
}
