import { tenantReason, tenantView as tenantViewSchema } from '#domain/tenant/tenant.schema.ts';
import { defineRoute } from '../../http/route.ts';
import { changeStatus, type StatusDependencies, statusErrors } from './change-status.ts';
import { tenantParams, tenantView } from './tenant-view.ts';

export function restoreTenant(dependencies: StatusDependencies) {
  return defineRoute({
    method: 'POST',
    path: '/api/v1/tenants/:id/restore',
    summary: 'Calls a deletion off as long as nothing was destroyed',
    auth: 'tenants.manage',
    audit: 'tenant.restored',
    request: { params: tenantParams, body: tenantReason },
    response: { 200: tenantViewSchema },
    errors: statusErrors,
    async handle({ actor, params: { id }, body: { reason } }) {
      const tenant = await changeStatus(dependencies, {
        actor,
        id,
        event: 'tenant.restored',
        reason,
        step: ({ restoredAs, destroyingSince }) => {
          if (destroyingSince !== null) return undefined;
          if (restoredAs !== 'active' && restoredAs !== 'suspended') return undefined;
          return { from: ['deleting'], to: restoredAs };
        },
        isDone: () => false,
      });
      return { status: 200, body: tenantView(tenant) };
    },
  });
}
