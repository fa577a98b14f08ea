import { type Permission, type Reach, reachOf } from '#domain/person/permission.ts';
import type { UserInfo } from '#domain/person/session.schema.ts';

type Role = UserInfo['roles'][number];

const words: Record<Role, string> = {
  user: 'User',
  team_lead: 'Team lead',
  org_admin: 'Organisation admin',
  enterprise_admin: 'Enterprise admin',
};

export function roleWord(role: Role): string {
  return words[role];
}

/** All of a person's roles in words. */
export function roleWords(roles: readonly Role[]): string {
  return roles.map(roleWord).join(', ');
}

/** May this person be asked to decide about others' actions? The API decides, approval by approval. */
export function decidesForOthers(who: Pick<UserInfo, 'roles'>): boolean {
  return who.roles.some((role) => role !== 'user');
}

/** Is it worth showing this to the person? By the permission matrix; the API decides each time. */
export function may(who: Pick<UserInfo, 'roles'>, permission: Permission): boolean {
  return who.roles.some((role) => reachOf(permission, role) !== 'none');
}

/** Does the permission reach further than the person's own things? */
export function reachesOthers(who: Pick<UserInfo, 'roles'>, permission: Permission): boolean {
  const beyond: readonly Reach[] = ['unit', 'tenant', 'operator'];
  return who.roles.some((role) => beyond.includes(reachOf(permission, role)));
}
