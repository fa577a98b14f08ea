/** The four roles, lowest first; a higher one has all rights of the lower ones (spec/enterprise.md §1.14). */
export const roles = ['user', 'team_lead', 'org_admin', 'enterprise_admin'] as const;

export type Role = (typeof roles)[number];

export function roleAtLeast(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

/** One line of the ordered group map: the first line whose group the person is in decides. `*` matches everybody. */
export interface GroupRole {
  group: string;
  role: Role;
}

/** The union of the documents' three group sets (spec/decisions.md 14). */
export const shippedGroupRoles: readonly GroupRole[] = [
  { group: 'openclaw-admins', role: 'enterprise_admin' },
  { group: 'openclaw-enterprise-admins', role: 'enterprise_admin' },
  { group: 'enterprise-admins', role: 'enterprise_admin' },
  { group: 'openclaw-org-admins', role: 'org_admin' },
  { group: 'org-admins', role: 'org_admin' },
  { group: 'openclaw-team-leads', role: 'team_lead' },
  { group: 'team-leads', role: 'team_lead' },
  { group: 'openclaw-users', role: 'user' },
  { group: 'users', role: 'user' },
];

/** The role that a person's groups give; `undefined` = signed in, no access (403). */
export function roleFromGroups(groups: readonly string[], map: readonly GroupRole[]): Role | undefined {
  return map.find((line) => line.group === '*' || groups.includes(line.group))?.role;
}

/** Slash-path org units: `engineering` covers `engineering/web`, never the other way round. */
export function orgUnitCovers(unit: string, other: string): boolean {
  return unit === other || other.startsWith(`${unit}/`);
}
