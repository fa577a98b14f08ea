import { CodedError } from '#domain/error.ts';
import * as calls from '#domain/tenant/calls.ts';
import { tenantReason, tenantView as tenantViewSchema } from '#domain/tenant/tenant.schema.ts';
import { defineRoute } from '../../http/route.ts';
import { changeStatus, statusErrors } from './change-status.ts';
import type { TenantParts } from './parts.ts';
import { tenantParams, tenantView } from './tenant-view.ts';

/** Asks for a deletion. Nothing is destroyed before the waiting time is over; until then the tenant is suspended. */
export function deleteTenant(parts: TenantParts) {
  const { legalHolds, tenantWork, tenantDeleteWaitMs } = parts;
  return defineRoute({
    ...calls.deleteTenant,
    summary: 'Deletes a tenant after a waiting time, during which it can be restored; its audit stays',
    auth: 'tenants.manage',
    audit: 'tenant.deletion_asked',
    request: { params: tenantParams, body: tenantReason },
    response: { 202: tenantViewSchema },
    errors: [...statusErrors, 'TENANT_HELD', 'TEMPORAL_UNAVAILABLE'],
    async handle({ actor, params: { id }, body: { reason } }) {
      const holds = await legalHolds.activeIds(id);
      if (holds.length > 0) throw new CodedError('TENANT_HELD', { detail: { holds } });
      const tenant = await changeStatus(parts, {
        actor,
        id,
        event: 'tenant.deletion_asked',
        reason,
        step: () => ({ from: ['active', 'suspended'], to: 'deleting', waitMs: tenantDeleteWaitMs }),
        isDone: ({ status }) => status === 'deleting',
      });
      await tenantWork.delete(id, actor);
      return { status: 202, body: tenantView(tenant) };
    },
  });
}
