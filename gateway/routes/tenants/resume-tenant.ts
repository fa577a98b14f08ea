import { tenantReason, tenantView as tenantViewSchema } from '#domain/tenant/tenant.schema.ts';
import { defineRoute } from '../../http/route.ts';
import { changeStatus, type StatusDependencies, statusErrors } from './change-status.ts';
import { tenantParams, tenantView } from './tenant-view.ts';

export function resumeTenant(dependencies: StatusDependencies) {
  return defineRoute({
    method: 'POST',
    path: '/api/v1/tenants/:id/resume',
    summary: 'Lets a suspended tenant go on; its deadlines are as much later as it stood still',
    auth: 'tenants.manage',
    audit: 'tenant.resumed',
    request: { params: tenantParams, body: tenantReason },
    response: { 200: tenantViewSchema },
    errors: statusErrors,
    async handle({ actor, params: { id }, body: { reason } }) {
      const tenant = await changeStatus(dependencies, {
        actor,
        id,
        event: 'tenant.resumed',
        reason,
        step: () => ({ from: ['suspended'], to: 'active' }),
        isDone: ({ status }) => status === 'active',
      });
      return { status: 200, body: tenantView(tenant) };
    },
  });
}
