import { CodedError } from '#domain/error.ts';
import { samePosition } from '#domain/policy/canary.ts';
import { checkPolicy } from '#domain/policy/policy.schema.ts';
import type { Policy } from '#domain/policy/policy.ts';
import type { GovernedDomain } from '#domain/policy/rules.ts';
import { refuseEnterpriseOnlyCanary } from '#domain/policy/validate.ts';
import {
  activeOf,
  forEverybody,
  livingNewest,
  type PlannedPolicyChange,
  type PolicyGround,
  parsedAgain,
  versionOf,
} from './plan-change.ts';

interface Canary {
  version?: number | undefined;
  user_ids: readonly string[];
  change_reason: string;
}

/**
 * Starts a canary: a draft holds for the named people first, in place of the active policy at its position; it ends one
 * of another draft of the policy. Throws `POLICY_DEPRECATED`, `INVALID_REQUEST` for a version in force,
 * `POLICY_CONFLICT` where another policy is active at its position, `POLICY_HIERARCHY_VIOLATION`, and
 * `POLICY_ENTERPRISE_ONLY` where it changes what holds for everybody or for nobody.
 */
export function planCanary(
  { version, user_ids: userIds, change_reason: reason }: Canary,
  ground: PolicyGround,
): PlannedPolicyChange {
  const newest = livingNewest(ground);
  const draft = forEverybody(version === undefined ? newest : versionOf(ground, version));
  if (draft.status === 'deprecated') throw new CodedError('POLICY_DEPRECATED');
  if (draft.status === 'active') {
    throw new CodedError('INVALID_REQUEST', {
      detail: [{ field: 'version', problem: 'is in force for everybody' }],
    });
  }
  const taken = ground.active.some((other) => other.id !== draft.id && samePosition(other, draft));
  if (taken) throw new CodedError('POLICY_CONFLICT');
  parsedAgain(draft, { ...ground, status: 'active', reason: draft.changeReason });
  const replaced = activeOf(ground.versions);
  checkEnterpriseOnly(draft.domain, draft, replaced);
  const canaryFor = [...new Set(userIds)].toSorted();
  return {
    event: 'canary_started',
    policy: { ...draft, canaryFor },
    replaced,
    takesEffect: true,
    reason,
    change: {
      policyId: draft.id,
      deprecate: [],
      insert: null,
      activate: null,
      canary: { version: draft.version, userIds: canaryFor },
    },
  };
}

function checkEnterpriseOnly<D extends GovernedDomain>(
  domain: D,
  draft: Policy,
  inForce: Policy | null,
): void {
  refuseEnterpriseOnlyCanary(checkPolicy(domain, draft), inForce && checkPolicy(domain, inForce));
}

/** Ends a canary: the draft holds for nobody any more. Throws `INVALID_REQUEST` when the policy has none. */
export function planCanaryEnd(
  { change_reason: reason }: { change_reason: string },
  { versions }: PolicyGround,
): PlannedPolicyChange {
  const ahead = versions.find(({ canaryFor }) => canaryFor !== undefined);
  if (ahead === undefined) {
    throw new CodedError('INVALID_REQUEST', {
      message: 'No version of this policy holds for a few people first.',
    });
  }
  return {
    event: 'canary_ended',
    policy: forEverybody(ahead),
    replaced: ahead,
    takesEffect: true,
    reason,
    change: { policyId: ahead.id, deprecate: [], insert: null, activate: null, canary: null },
  };
}
