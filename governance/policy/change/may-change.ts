import type { Actor } from '#domain/person/actor.ts';
import { mayManage } from '#domain/person/may-manage.ts';
import { mayWritePolicy } from '#domain/policy/access.ts';
import type { PolicyScope } from '#domain/policy/policy.ts';
import type { PeopleStore, PersonRights } from '#stores/person/people.ts';

type People = Pick<PeopleStore, 'rights'>;

/** Why a person may not change a policy of this scope; `undefined` when they may. */
export async function refusalToChange(
  people: People,
  actor: Actor,
  scope: PolicyScope,
): Promise<'forbidden' | 'HIGHER_ROLE' | undefined> {
  const owner = await ownerOf(people, actor, scope);
  return refusalOf(actor, scope, { owner, unit: owner?.orgUnit ?? scope.orgUnit });
}

/** The same of a policy that there is not yet: the unit that it itself states for its person counts for nothing. */
export function refusalToMake(
  actor: Actor,
  scope: PolicyScope,
  owner: PersonRights | undefined,
): 'forbidden' | 'HIGHER_ROLE' | undefined {
  return refusalOf(actor, scope, { owner, unit: owner?.orgUnit ?? null });
}

/** The person whom the policy is for, with rights as the identity provider last stated them. */
export async function ownerOf(
  people: People,
  { tenantId }: Actor,
  { level, userId }: PolicyScope,
): Promise<PersonRights | undefined> {
  return level === 'user' && userId !== null ? people.rights(tenantId, userId) : undefined;
}

/** Those of these people on whom the actor may not act. */
export async function outranking(
  people: People,
  actor: Actor,
  userIds: readonly string[],
): Promise<readonly string[]> {
  const ranked = await Promise.all(
    userIds.map(async (userId) => ({ userId, role: (await people.rights(actor.tenantId, userId))?.role })),
  );
  return ranked.filter((person) => !mayManage(actor, person)).map(({ userId }) => userId);
}

function refusalOf(
  actor: Actor,
  scope: PolicyScope,
  { owner, unit }: { owner: PersonRights | undefined; unit: string | null },
): 'forbidden' | 'HIGHER_ROLE' | undefined {
  if (!mayWritePolicy(actor, scope, unit)) return 'forbidden';
  if (scope.level !== 'user' || scope.userId === null) return undefined;
  return mayManage(actor, { userId: scope.userId, role: owner?.role }) ? undefined : 'HIGHER_ROLE';
}
