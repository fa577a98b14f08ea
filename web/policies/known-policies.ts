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
  const ahead = versions.find(({ canary }) => canary !== undefined) ?? null;
  return newest === undefined ? [] : [{ newest, active: activeOf(versions), ahead }];
}

export function newestOf(versions: readonly PolicyView[]): PolicyView | undefined {
  return versions.toSorted((one, other) => other.version - one.version)[0];
}

export function activeOf(versions: readonly PolicyView[]): PolicyView | null {
  return versions.find(({ status }) => status === 'active') ?? null;
}

function byPlace({ newest: one }: KnownPolicy, { newest: other }: KnownPolicy): number {
  const levels = policyLevels.indexOf(one.scope.level) - policyLevels.indexOf(other.scope.level);
  return levels || placeOf(one).localeCompare(placeOf(other)) || one.name.localeCompare(other.name);
}

function placeOf({ scope }: PolicyView): string {
  return scope.org_unit ?? scope.user_id ?? '';
}
