import type { Actor } from '#domain/person/actor.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import { startWorkflow } from '#platform/temporal/start-workflow.ts';
import { tenantWorkStart } from '#workflows/messages/tenant.ts';

/**
 * Starts the workflow that creates or deletes a tenant; one that is running already is fine. Throws
 * `TEMPORAL_UNAVAILABLE`.
 */
export interface TenantWork {
  create(tenantId: string, operator: Actor): Promise<void>;
  delete(tenantId: string, operator: Actor): Promise<void>;
}

interface TenantWorkOptions {
  temporal: Temporal;
  /** The task queue of requests; tenants have one beside it. */
  taskQueue: string;
}

export function createTenantWork({ temporal, taskQueue }: TenantWorkOptions): TenantWork {
  const start = async (work: 'create' | 'delete', tenantId: string, operator: Actor) => {
    await startWorkflow(temporal, tenantWorkStart(work, { tenantId, operator }, taskQueue));
  };
  return {
    create: (tenantId, operator) => start('create', tenantId, operator),
    delete: (tenantId, operator) => start('delete', tenantId, operator),
  };
}
