import type { Actor } from './actor.ts';
import { orgUnitCovers, type Role } from './role.ts';

/**
 * How far a permission reaches: nowhere, one's own things, one's own org unit and below, the whole tenant; `operator` =
 * every tenant, only for admins of the operator tenant (spec/decisions.md 26).
 */
export type Reach = 'none' | 'own' | 'unit' | 'tenant' | 'operator';

type Row = Readonly<Record<Role, Reach>>;

/** The permission matrix (spec/enterprise.md §1.14); routes name a line of it, and the matrix test tries them all. */
export const permissionTable = {
  'requests.use': row('own', 'own', 'own', 'own'),
  'approvals.decide': row('own', 'unit', 'unit', 'tenant'),
  'policies.read': row('own', 'unit', 'unit', 'tenant'),
  'policies.evaluate': row('own', 'unit', 'unit', 'tenant'),
  'policies.write_enterprise': row('none', 'none', 'none', 'tenant'),
  'policies.write_org': row('none', 'none', 'unit', 'tenant'),
  'policies.write_team': row('none', 'unit', 'unit', 'tenant'),
  'policies.write_user': row('own', 'unit', 'unit', 'tenant'),
  'audit.read': row('own', 'unit', 'unit', 'tenant'),
  'audit.read_all_tenants': row('none', 'none', 'none', 'operator'),
  'audit.export': row('none', 'none', 'none', 'tenant'),
  'tenants.manage': row('none', 'none', 'none', 'operator'),
  'connectors.read': row('none', 'unit', 'unit', 'tenant'),
  'connectors.manage': row('none', 'none', 'unit', 'tenant'),
  'status.read': row('none', 'none', 'tenant', 'tenant'),
  'metrics.read': row('none', 'none', 'unit', 'tenant'),
  'classification.override': row('none', 'none', 'unit', 'tenant'),
  'user_data.manage': row('none', 'none', 'none', 'tenant'),
  'sessions.manage': row('own', 'own', 'unit', 'tenant'),
} as const satisfies Record<string, Row>;

export type Permission = keyof typeof permissionTable;

export function isPermission(text: string): text is Permission {
  return Object.hasOwn(permissionTable, text);
}

export function reachOf(permission: Permission, role: Role): Reach {
  return permissionTable[permission][role];
}

/** Whose thing it is, as far as that is known; an unknown part is within reach of the tenant's admins only. */
export interface Place {
  userId?: string | null;
  orgUnit?: string | null;
}

/** May the person use the permission on a thing that belongs there, within their own tenant? */
export function mayReach(permission: Permission, person: Actor, { userId, orgUnit }: Place): boolean {
  const isOwn = userId !== undefined && userId !== null && userId === person.userId;
  switch (reachOf(permission, person.role)) {
    case 'none':
      return false;
    case 'own':
      return isOwn;
    case 'unit':
      return isOwn || (typeof orgUnit === 'string' && orgUnitCovers(person.orgUnit, orgUnit));
    case 'tenant':
    case 'operator':
      return true;
  }
}

function row(user: Reach, teamLead: Reach, orgAdmin: Reach, enterpriseAdmin: Reach): Row {
  return { user, team_lead: teamLead, org_admin: orgAdmin, enterprise_admin: enterpriseAdmin };
}
