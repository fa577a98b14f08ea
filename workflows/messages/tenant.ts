import { tenantWorkflowId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { WorkflowStart } from '#domain/workflow-start.ts';

const workflowTypes = { create: 'createTenant', delete: 'deleteTenant' } as const;

/** Start arguments of both: the tenant, and the operator's administrator who asked for it. */
export interface TenantWorkInput {
  tenantId: string;
  operator: Actor;
}

/** The task queue on which tenants are created and deleted: only its workers may create roles and schemas. */
export function provisioningQueueOf(taskQueue: string): string {
  return `${taskQueue}-provisioning`;
}

/**
 * Starts the workflow that creates or deletes a tenant, from the gateway or, if that start was lost, from provisioning.
 */
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
