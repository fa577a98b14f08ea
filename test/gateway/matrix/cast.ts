import type { Actor } from '#domain/person/actor.ts';
import { type Role, roles, shippedGroupRoles } from '#domain/person/role.ts';
import type { TestPerson } from '../../support/test-gateway.ts';

/** The operator's tenant is one of the two, so that what is the operator's alone is tried from both sides. */
export const operatorTenant = 'globex';

export const tenants = ['acme', 'globex'] as const;

export type TenantId = (typeof tenants)[number];

const unitOf: Record<Role, string> = {
  user: 'engineering/web',
  team_lead: 'engineering/web',
  org_admin: 'engineering',
  enterprise_admin: 'company',
};

/** One person of each role in each tenant. */
export const actors: readonly Actor[] = tenants.flatMap((tenantId) =>
  roles.map((role) => ({ tenantId, userId: `${tenantId}-${role}`, role, orgUnit: unitOf[role] })),
);

export function personOf({ tenantId, userId, role, orgUnit }: Actor): TestPerson {
  const group = shippedGroupRoles.find((line) => line.role === role)?.group ?? '';
  return { sub: userId, tenant: tenantId, groups: [group], orgUnit };
}

/** Whose things there are: seen from a user of `engineering/web`, nearest first. */
export interface MatrixPlace {
  label: string;
  tenantId: TenantId;
  userId: string;
  orgUnit: string;
}

export const places: readonly MatrixPlace[] = tenants.flatMap((tenantId) => [
  { label: 'own', tenantId, userId: `${tenantId}-user`, orgUnit: 'engineering/web' },
  { label: 'own team', tenantId, userId: `${tenantId}-peer`, orgUnit: 'engineering/web' },
  { label: 'other team', tenantId, userId: `${tenantId}-api`, orgUnit: 'engineering/api' },
  { label: 'other org', tenantId, userId: `${tenantId}-sales`, orgUnit: 'sales/emea' },
]);
