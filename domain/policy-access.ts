import type { Actor } from './actor.ts';
import { mayReach, type Permission, type Place } from './permission.ts';
import type { PolicyLevel, PolicyScope } from './policy.ts';
import { scopeCovers } from './policy-chain.ts';

const writing = {
  enterprise: 'policies.write_enterprise',
  org: 'policies.write_org',
  team: 'policies.write_team',
  user: 'policies.write_user',
} as const satisfies Record<PolicyLevel, Permission>;

/**
 * May the person change a policy of this scope? A user's policy is as far away as its person is: `personUnit` is the unit
 * that the identity provider stated, never one that the policy claims.
 */
export function mayWritePolicy(actor: Actor, scope: PolicyScope, personUnit: string | null): boolean {
  return mayReach(writing[scope.level], actor, placeOf(scope, personUnit));
}

/** Those that hold for the person, and those within their reach. */
export function mayReadPolicy(actor: Actor, scope: PolicyScope): boolean {
  return scopeCovers(scope, actor) || mayReach('policies.read', actor, placeOf(scope, scope.orgUnit));
}

function placeOf({ level, orgUnit, userId }: PolicyScope, personUnit: string | null): Place {
  return level === 'user' ? { userId, orgUnit: personUnit } : { orgUnit };
}
