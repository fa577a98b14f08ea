import type { AuditKey } from '#domain/audit/audit.ts';
import { CodedError, type ErrorCode } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Tenant, TenantStep } from '#stores/tenant/tenants.ts';
import type { TenantParts } from './parts.ts';

export type StatusParts = Pick<TenantParts, 'tenants' | 'recordEvent' | 'operatorTenant' | 'now'>;

export const statusErrors = [
  'tenant_not_found',
  'TENANT_NOT_READY',
  'AUDIT_WRITE_FAILED',
  'DATABASE_UNAVAILABLE',
] as const satisfies readonly ErrorCode[];

export interface StatusStep {
  step: (tenant: Tenant) => TenantStep | undefined;
  /** True when it is there already: the answer may have been lost. */
  isDone: (tenant: Tenant) => boolean;
}

interface StatusChange extends StatusStep {
  actor: Actor;
  id: string;
  event: AuditKey;
  reason: string;
}

/**
 * Changes a tenant's status, recorded before it is done. Throws `tenant_not_found`, `TENANT_NOT_READY`,
 * `AUDIT_WRITE_FAILED`.
 */
export async function changeStatus(
  { tenants, recordEvent, operatorTenant }: StatusParts,
  { actor, id, event, reason, step: stepOf, isDone }: StatusChange,
): Promise<Tenant> {
  const tenant = await tenants.read(id);
  if (tenant === undefined || tenant.status === 'deleted') throw new CodedError('tenant_not_found');
  if (isDone(tenant)) return tenant;
  const step = stepOf(tenant);
  // Nobody could resume the operator's own tenant.
  if (step === undefined || tenant.id === operatorTenant || !step.from.includes(tenant.status)) {
    throw new CodedError('TENANT_NOT_READY', { detail: { status: tenant.status } });
  }
  await recordEvent(actor, {
    event,
    detail: `tenant ${id}: ${reason}`,
    outcome: 'success',
    metadata: { tenant: id, from: tenant.status, to: step.to },
  });
  const taken = await tenants.step(id, step);
  const after = await tenants.read(id);
  if (after === undefined || (!taken && !isDone(after))) {
    throw new CodedError('TENANT_NOT_READY', { detail: { status: after?.status ?? tenant.status } });
  }
  return after;
}
