import type { PolicyView } from '#domain/policy/change.schema.ts';
import { policyLevels } from '#domain/policy/policy.ts';
import { type GovernedDomain, governedDomains } from '#domain/policy/rules.ts';

/** One policy as the list shows it: what is in force, and newer versions. */
export interface KnownPolicy {
  newest: PolicyView;
  /** The version in force; `null` if there is none. */
  active: PolicyView | null;
  /** The canary; `null` if there is none. */
  ahead: PolicyView | null;
  /** Is there a newer version that nothing proves? */
  unproven: boolean;
}

/** The policies of each domain that has any, from the top level down. */
export function byDomain(views: readonly PolicyView[]): [domain: GovernedDomain, policies: KnownPolicy[]][] {
  const policies = [...Map.groupBy(views, ({ id }) => id).values()].flatMap(known);
  return governedDomains.flatMap((domain) => {
    const those = policies.filter(({ newest }) => newest.domain === domain).sort(byPlace);
    return those.length === 0 ? [] : [[domain, those] satisfies [GovernedDomain, KnownPolicy[]]];
  });
}

function known(versions: readonly PolicyView[]): KnownPolicy[] {
  const newest = newestOf(versions);
  const ahead = versions.find(({ canary, unproven }) => canary !== undefined && !unproven) ?? null;
  const unproven = versions.some((one) => one.unproven);
  return newest === undefined ? [] : [{ newest, active: activeOf(versions), ahead, unproven }];
}

/** The newest proven version; where nothing is proven, the newest. */
export function newestOf(versions: readonly PolicyView[]): PolicyView | undefined {
  const newestFirst = versions.toSorted((one, other) => other.version - one.version);
  return newestFirst.find(({ unproven }) => !unproven) ?? newestFirst[0];
}

export function activeOf(versions: readonly PolicyView[]): PolicyView | null {
  return versions.find(({ status, unproven }) => status === 'active' && !unproven) ?? null;
}

function byPlace({ newest: one }: KnownPolicy, { newest: other }: KnownPolicy): number {
  const levels = policyLevels.indexOf(one.scope.level) - policyLevels.indexOf(other.scope.level);
  return levels || placeOf(one).localeCompare(placeOf(other)) || one.name.localeCompare(other.name);
}

function placeOf({ scope }: PolicyView): string {
  return scope.org_unit ?? scope.user_id ?? '';
}
