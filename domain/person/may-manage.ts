import type { Actor } from './actor.ts';
import { type Role, roleAtLeast, roles } from './role.ts';

/** Somebody who is acted on, with the role that the identity provider last stated; `undefined` = never seen here. */
export interface ManagedPerson {
  userId: string;
  role: Role | undefined;
}

/**
 * Nobody governs upwards: whoever acts on a person (by a policy or a canary that names them, on their sessions) needs at
 * least that person's role, and how far their permission reaches comes beside it. Equals have no rank among each other.
 * On oneself anybody may act; on somebody whose role is not known, the highest role alone.
 */
export function mayManage({ userId, role }: Pick<Actor, 'userId' | 'role'>, person: ManagedPerson): boolean {
  const isSelf = person.userId === userId;
  return isSelf || roleAtLeast(role, person.role ?? highest);
}

const highest: Role = roles.toReversed()[0] ?? 'enterprise_admin';
