import type { Policy } from '#domain/policy/policy.ts';
import { forEverybody, type PlannedPolicyChange } from '../change/plan-change.ts';

/** The policies of a tenant in force after a change, as `PolicyStore.active` would return them. */
export function policiesAfter(
  before: readonly Policy[],
  { policy, change }: Pick<PlannedPolicyChange, 'policy' | 'change'>,
): readonly Policy[] {
  const { policyId, deprecate, insert, activate, canary } = change;
  const stays = ({ id, version, canaryFor }: Policy) => {
    if (id !== policyId) return true;
    if (deprecate.includes(version)) return false;
    return canaryFor === undefined || (canary === undefined && version !== activate);
  };
  return [
    ...before.filter(stays),
    ...(insert !== null && insert.status === 'active' ? [insert] : []),
    ...(activate === null ? [] : [forEverybody(policy)]),
    ...(canary === undefined || canary === null ? [] : [policy]),
  ];
}
