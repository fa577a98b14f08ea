import type { AuditKey } from '#domain/audit/audit.ts';
import * as calls from '#domain/tenant/calls.ts';
import { tenantReason, tenantView as tenantViewSchema } from '#domain/tenant/tenant.schema.ts';
import { type AnyRoute, defineRoute } from '../../http/route.ts';
import { changeStatus, type StatusParts, type StatusStep, statusErrors } from './change-status.ts';
import { tenantParams, tenantView } from './tenant-view.ts';

interface StatusRoute extends StatusStep {
  call: typeof calls.suspendTenant | typeof calls.resumeTenant | typeof calls.restoreTenant;
  summary: string;
  event: AuditKey;
}

/** What becomes of a tenant as a whole; a deletion, which has more to look at, has a route of its own. */
const changes: readonly StatusRoute[] = [
  {
    // New work is refused, running work suspended, deadlines stand still (spec/decisions.md 38).
    call: calls.suspendTenant,
    summary: 'Suspends a tenant: nothing new begins, nothing runs, nothing expires',
    event: 'tenant.suspended',
    step: () => ({ from: ['active'], to: 'suspended' }),
    isDone: ({ status }) => status === 'suspended',
  },
  {
    call: calls.resumeTenant,
    summary: 'Lets a suspended tenant go on; its deadlines are as much later as it stood still',
    event: 'tenant.resumed',
    step: () => ({ from: ['suspended'], to: 'active' }),
    isDone: ({ status }) => status === 'active',
  },
  {
    call: calls.restoreTenant,
    summary: 'Calls a deletion off as long as nothing was destroyed',
    event: 'tenant.restored',
    step: ({ restoredAs, destroyingSince }) => {
      if (destroyingSince !== null) return undefined;
      if (restoredAs !== 'active' && restoredAs !== 'suspended') return undefined;
      return { from: ['deleting'], to: restoredAs };
    },
    isDone: () => false,
  },
];

export function tenantStatusRoutes(parts: StatusParts): readonly AnyRoute[] {
  return changes.map(({ call, summary, event, step, isDone }) =>
    defineRoute({
      ...call,
      summary,
      auth: 'tenants.manage',
      audit: event,
      request: { params: tenantParams, body: tenantReason },
      response: { 200: tenantViewSchema },
      errors: statusErrors,
      async handle({ actor, params: { id }, body: { reason } }) {
        const tenant = await changeStatus(parts, { actor, id, event, reason, step, isDone });
        return { status: 200 as const, body: tenantView(tenant) };
      },
    }),
  );
}
