import type { AnyRoute } from '../../http/route.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { deleteTenant } from './delete-tenant.ts';
import { getTenantStatus } from './get-tenant-status.ts';
import { listTenants } from './list-tenants.ts';
import { postTenant } from './post-tenant.ts';
import { putTenant } from './put-tenant.ts';
import { restoreTenant } from './restore-tenant.ts';
import { resumeTenant } from './resume-tenant.ts';
import { suspendTenant } from './suspend-tenant.ts';

/** For the admins of the operator tenant (spec/decisions.md 26). */
export function tenantRoutes(core: RouteDependencies): readonly AnyRoute[] {
  return [
    listTenants(core),
    postTenant(core),
    putTenant(core),
    getTenantStatus(core),
    suspendTenant(core),
    resumeTenant(core),
    deleteTenant(core),
    restoreTenant(core),
  ];
}
