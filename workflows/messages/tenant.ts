import { tenantWorkflowId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { WorkflowStart } from '#domain/workflow-start.ts';

const workflowTypes = { create: 'createTenant', delete: 'deleteTenant' } as const;

/** Start arguments of both: which tenant, and the operator's admin who asked. */
export interface TenantWorkInput {
  tenantId: string;
  operator: Actor;
}

/** Tenants are made and ended on a queue of their own: its workers alone hold rights to create roles and schemas. */
export function provisioningQueueOf(taskQueue: string): string {
  return `${taskQueue}-provisioning`;
}

/** How a tenant's making or ending is started, by the gateway or, where that got lost, by provisioning. */
export function tenantWorkStart(
  work: 'create' | 'delete',
  input: TenantWorkInput,
  /** Of requests; tenants have one beside it. */
  taskQueue: string,
): WorkflowStart {
  const { tenantId, operator } = input;
  const workflowId = tenantWorkflowId(tenantId, work);
  return {
    caller: { tenantId, actorId: operator.userId, traceId: workflowId },
    kind: 'tenant',
    type: workflowTypes[work],
    workflowId,
    taskQueue: provisioningQueueOf(taskQueue),
    input,
    state: 'running',
    whenEnded: 'again',
  };
}
