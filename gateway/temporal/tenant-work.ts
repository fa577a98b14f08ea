import { type Client, ServiceError } from '@temporalio/client';
import { CodedError } from '#domain/error.ts';
import { tenantWorkflowId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import { startedAs } from '#platform/temporal/search-attributes.ts';
import {
  createTenantWorkflowType,
  deleteTenantWorkflowType,
  provisioningQueueOf,
  type TenantWorkInput,
} from '#workflows/messages/tenant.ts';
import { inTime } from './in-time.ts';

/** Starts what makes or ends a tenant; one that runs already is fine. Throws `TEMPORAL_UNAVAILABLE`. */
export interface TenantWork {
  create(tenantId: string, operator: Actor): Promise<void>;
  delete(tenantId: string, operator: Actor): Promise<void>;
}

const startLimitMs = 5_000;

export function createTenantWork({
  temporal,
  taskQueue,
}: {
  temporal: Temporal;
  /** Of requests; tenants have one beside it. */
  taskQueue: string;
}): TenantWork {
  const start = async (work: 'create' | 'delete', tenantId: string, operator: Actor) => {
    const workflowId = tenantWorkflowId(tenantId, work);
    const input: TenantWorkInput = { tenantId, operator };
    const caller = { tenantId, actorId: operator.userId, traceId: workflowId };
    const type = work === 'create' ? createTenantWorkflowType : deleteTenantWorkflowType;
    const started = temporal.as(caller, (client: Client) =>
      inTime(client, startLimitMs, () =>
        client.workflow.start(type, {
          workflowId,
          taskQueue: provisioningQueueOf(taskQueue),
          args: [input],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          priority: { fairnessKey: tenantId },
          typedSearchAttributes: startedAs('tenant', tenantId, 'running'),
        }),
      ),
    );
    await started.catch((error: unknown) => {
      if (error instanceof ServiceError) throw new CodedError('TEMPORAL_UNAVAILABLE', { cause: error });
      throw error;
    });
  };
  return {
    create: (tenantId, operator) => start('create', tenantId, operator),
    delete: (tenantId, operator) => start('delete', tenantId, operator),
  };
}
