import type { AnyRoute } from '../../http/route.ts';
import type { GatewayParts } from '../../parts.ts';
import { deleteTenant } from './delete-tenant.ts';
import { getTenantStatus } from './get-tenant-status.ts';
import { listTenants } from './list-tenants.ts';
import { tenantParts } from './parts.ts';
import { postTenant } from './post-tenant.ts';
import { putTenant } from './put-tenant.ts';
import { tenantStatusRoutes } from './status-changes.ts';

/** For the admins of the operator tenant (spec/decisions.md 26). */
export function tenantRoutes(gateway: GatewayParts): readonly AnyRoute[] {
  const parts = tenantParts(gateway);
  return [
    listTenants(parts),
    postTenant(parts),
    putTenant(parts),
    getTenantStatus(parts),
    ...tenantStatusRoutes(parts),
    deleteTenant(parts),
  ];
}
