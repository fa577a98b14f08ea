import type { Policy } from '#domain/policy/policy.ts';
import { forEverybody, type PlannedPolicyChange } from '../change/plan-change.ts';

/** The policies in force of a tenant as they would be after a change; as `PolicyStore.active` would give them. */
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
