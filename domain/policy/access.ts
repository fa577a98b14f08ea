import type { Actor } from '../person/actor.ts';
import { normalOrgUnit } from '../person/org-unit.ts';
import { mayReach, type Permission, type Place, reachOf } from '../person/permission.ts';
import { scopeCovers } from './chain.ts';
import type { PolicyLevel, PolicyScope } from './policy.ts';

const writing = {
  enterprise: 'policies.write_enterprise',
  org: 'policies.write_org',
  team: 'policies.write_team',
  user: 'policies.write_user',
} as const satisfies Record<PolicyLevel, Permission>;

/**
 * May the person change a policy of this scope? A user's policy belongs to the unit of its person: `personUnit` is the
 * unit that the identity provider stated, never one that the policy claims.
 */
export function mayWritePolicy(actor: Actor, scope: PolicyScope, personUnit: string | null): boolean {
  return mayReach(writing[scope.level], actor, placeOf(scope, personUnit));
}

/** May the person read it? Policies that hold for them, and those within their reach. */
export function mayReadPolicy(actor: Actor, scope: PolicyScope): boolean {
  return scopeCovers(scope, actor) || mayReach('policies.read', actor, placeOf(scope, scope.orgUnit));
}

/** Which policies a person may read, in a form that rows can be compared with. */
export interface ReadablePlaces {
  userId: string;
  /** The person's unit and those above it, whose policies hold for the person. */
  unitsAbove: readonly string[];
  /** Units in or below this one are within the person's reach; `null` = none is. */
  unitInReach: string | null;
}

/** What `mayReadPolicy` lets the person read; `all` = every policy of the tenant. */
export function readablePlaces(actor: Actor): ReadablePlaces | 'all' {
  const reach = reachOf('policies.read', actor.role);
  if (reach === 'tenant' || reach === 'operator') return 'all';
  const names = (normalOrgUnit(actor.orgUnit) ?? actor.orgUnit).split('/');
  return {
    userId: actor.userId,
    unitsAbove: names.map((_, n) => names.slice(0, n + 1).join('/')),
    unitInReach: reach === 'unit' ? actor.orgUnit : null,
  };
}

function placeOf({ level, orgUnit, userId }: PolicyScope, personUnit: string | null): Place {
  return level === 'user' ? { userId, orgUnit: personUnit } : { orgUnit };
}
