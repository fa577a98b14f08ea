import type { Actor } from '../person/actor.ts';
import { normalOrgUnit } from '../person/org-unit.ts';
import { orgUnitCovers } from '../person/role.ts';
import { type Policy, type PolicyScope, policyLevels } from './policy.ts';

type Placed = Pick<Policy, 'id' | 'scope'>;

/** Does a policy of this scope speak for the person? A scope that lacks what its level needs speaks for nobody. */
export function scopeCovers(scope: PolicyScope, person: Pick<Actor, 'orgUnit' | 'userId'>): boolean {
  switch (scope.level) {
    case 'enterprise':
      return true;
    case 'org':
    case 'team':
      return scope.orgUnit !== null && orgUnitCovers(normal(scope.orgUnit), normal(person.orgUnit));
    case 'user':
      return scope.userId !== null && scope.userId === person.userId;
  }
}

/** Is `above` a level over `scope`? Org over team, and within one level the shorter path over the longer. */
export function scopeIsAbove(above: PolicyScope, scope: PolicyScope): boolean {
  if (above.level === 'user' || comparePlaces(above, scope) >= 0) return false;
  if (above.level === 'enterprise') return true;
  if (above.orgUnit === null || scope.orgUnit === null) return false;
  return orgUnitCovers(normal(above.orgUnit), normal(scope.orgUnit));
}

/** Nobody leaves a policy by another spelling of their unit; what is no unit is compared as it stands. */
function normal(unit: string): string {
  return normalOrgUnit(unit) ?? unit;
}

/** The policies by position, most authority first; policies of one position stand together, ordered by id. */
export function inPositions<P extends Placed>(policies: readonly P[]): readonly (readonly P[])[] {
  const ordered = policies.toSorted(
    (a, b) => comparePlaces(a.scope, b.scope) || (a.id < b.id ? -1 : Number(a.id > b.id)),
  );
  const positions: P[][] = [];
  for (const policy of ordered) {
    const last = positions.at(-1);
    const neighbour = last?.[0];
    if (last && neighbour && comparePlaces(neighbour.scope, policy.scope) === 0) last.push(policy);
    else positions.push([policy]);
  }
  return positions;
}

/**
 * The position whose silence has to mean something, since nothing stands above it; `undefined` where nobody above the
 * person says anything: alone, a person's own policy would be what grants.
 */
export function topmostOf<P extends Placed>(positions: readonly (readonly P[])[]): readonly P[] | undefined {
  const [first] = positions;
  return first?.[0]?.scope.level === 'user' ? undefined : first;
}

function comparePlaces(a: PolicyScope, b: PolicyScope): number {
  return policyLevels.indexOf(a.level) - policyLevels.indexOf(b.level) || depthOf(a) - depthOf(b);
}

/** Everybody's org unit is one path, so that depth alone tells the units above a person apart. */
function depthOf({ level, orgUnit }: PolicyScope): number {
  return level === 'user' || orgUnit === null ? 0 : orgUnit.split('/').length;
}
