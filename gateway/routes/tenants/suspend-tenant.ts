import { tenantReason, tenantView as tenantViewSchema } from '#domain/tenant/tenant.schema.ts';
import { defineRoute } from '../../http/route.ts';
import { changeStatus, type StatusDependencies, statusErrors } from './change-status.ts';
import { tenantParams, tenantView } from './tenant-view.ts';

/** New work is refused, running work held, deadlines stand still (spec/decisions.md 38). */
export function suspendTenant(dependencies: StatusDependencies) {
  return defineRoute({
    method: 'POST',
    path: '/api/v1/tenants/:id/suspend',
    summary: 'Suspends a tenant: nothing new begins, nothing runs, nothing expires',
    auth: 'tenants.manage',
    audit: 'tenant.suspended',
    request: { params: tenantParams, body: tenantReason },
    response: { 200: tenantViewSchema },
    errors: statusErrors,
    async handle({ actor, params: { id }, body: { reason } }) {
      const tenant = await changeStatus(dependencies, {
        actor,
        id,
        event: 'tenant.suspended',
        reason,
        step: () => ({ from: ['active'], to: 'suspended' }),
        isDone: ({ status }) => status === 'suspended',
      });
      return { status: 200, body: tenantView(tenant) };
    },
  });
}
