import type { Actor } from '#domain/person/actor.ts';

export const createTenantWorkflowType = 'createTenant';
export const deleteTenantWorkflowType = 'deleteTenant';

/** Start arguments of both: which tenant, and the operator's admin who asked. */
export interface TenantWorkInput {
  tenantId: string;
  operator: Actor;
}

/** Tenants are made and ended on a queue of their own: its workers alone hold rights to create roles and schemas. */
export function provisioningQueueOf(taskQueue: string): string {
  return `${taskQueue}-provisioning`;
}
