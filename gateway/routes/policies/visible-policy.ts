import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import { mayReadPolicy } from '#domain/policy/access.ts';
import type { Policy } from '#domain/policy/policy.ts';
import { findPolicy } from '#governance/policy/find.ts';
import type { PolicyStore } from '#stores/policy/policies.ts';

/**
 * Every version of a policy that the person may see, oldest first, also what nothing proves. `newest` is the newest
 * proven one, where there is one. Throws `NOT_FOUND`.
 */
export async function visiblePolicy(
  policies: PolicyStore,
  actor: Actor,
  id: string,
): Promise<{ versions: readonly Policy[]; newest: Policy }> {
  const versions = await findPolicy(policies, actor.tenantId, id);
  const newest = versions.findLast(({ unproven }) => !unproven) ?? versions.at(-1);
  if (newest === undefined || !mayReadPolicy(actor, newest.scope)) throw new CodedError('NOT_FOUND');
  return { versions, newest };
}
