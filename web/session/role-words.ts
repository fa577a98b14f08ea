import type { UserInfo } from '../api/types.ts';

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

/** May this person be asked to decide what others do? The API has the last word, approval by approval. */
export function decidesForOthers(who: Pick<UserInfo, 'roles'>): boolean {
  return who.roles.some((role) => role !== 'user');
}
