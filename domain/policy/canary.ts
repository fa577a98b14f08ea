import type { Policy } from './policy.ts';

/** Is the person one of those for whom the draft holds first? */
export function isInCanary(
  { userId }: { userId: string },
  { canaryFor }: Pick<Policy, 'canaryFor'>,
): boolean {
  return userId !== '' && (canaryFor?.includes(userId) ?? false);
}

/** Of policies that cover a person, those in force for them: a draft whose canary they are in replaces the active one. */
export function canariesFirst(person: { userId: string }, covering: readonly Policy[]): Policy[] {
  const drafts = covering.filter((policy) => isInCanary(person, policy));
  const active = covering.filter(({ status, canaryFor }) => status === 'active' && canaryFor === undefined);
  return [...active.filter((policy) => !drafts.some((draft) => samePosition(draft, policy))), ...drafts];
}

/** Are both for the same domain and place, where only one can be active? */
export function samePosition(one: Policy, other: Policy): boolean {
  return (
    one.domain === other.domain &&
    one.scope.level === other.scope.level &&
    one.scope.orgUnit === other.scope.orgUnit &&
    one.scope.userId === other.scope.userId
  );
}
