import type { Actor } from '../person/actor.ts';
import { normalOrgUnit } from '../person/org-unit.ts';
import { orgUnitCovers } from '../person/role.ts';
import { type Policy, type PolicyScope, policyLevels } from './policy.ts';

type Placed = Pick<Policy, 'id' | 'scope'>;

/** Does a policy of this scope hold for the person? A scope that lacks what its level needs holds for nobody. */
export function scopeCovers(scope: PolicyScope, person: Pick<Actor, 'orgUnit' | 'userId'>): boolean {
  switch (scope.level) {
    case 'enterprise':
      return true;
    case 'org':
    case 'team':
      return isNamed(scope.orgUnit) && orgUnitCovers(normal(scope.orgUnit), normal(person.orgUnit));
    case 'user':
      return isNamed(scope.userId) && scope.userId === person.userId;
  }
}

function isNamed(place: string | null): place is string {
  return place !== null && place !== '';
}

/** Is `above` a level over `scope`? Org over team, and within one level the shorter path over the longer. */
export function scopeIsAbove(above: PolicyScope, scope: PolicyScope): boolean {
  if (above.level === 'user' || comparePlaces(above, scope) >= 0) return false;
  if (above.level === 'enterprise') return true;
  if (above.orgUnit === null || scope.orgUnit === null) return false;
  return orgUnitCovers(normal(above.orgUnit), normal(scope.orgUnit));
}

/** Nobody escapes a policy by spelling their unit differently; text that is no unit is compared as it is. */
function normal(unit: string): string {
  return normalOrgUnit(unit) ?? unit;
}

/** The policies grouped by position, most authority first; within a position ordered by id. */
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
 * The topmost position with a policy above the person: where it is silent, that has to mean something. `undefined`
 * where there is none: then a person's own policy must not be what grants.
 */
export function topmostOf<P extends Placed>(positions: readonly (readonly P[])[]): readonly P[] | undefined {
  const [first] = positions;
  return first?.[0]?.scope.level === 'user' ? undefined : first;
}

function comparePlaces(a: PolicyScope, b: PolicyScope): number {
  return policyLevels.indexOf(a.level) - policyLevels.indexOf(b.level) || depthOf(a) - depthOf(b);
}

/** An org unit is one path, so depth alone orders the units above a person. */
function depthOf({ level, orgUnit }: PolicyScope): number {
  return level === 'user' || orgUnit === null ? 0 : orgUnit.split('/').length;
}
