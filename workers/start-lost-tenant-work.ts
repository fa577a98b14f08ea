import { setInterval } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { tenantWorkflowId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Logger } from '#platform/logger.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import { startedAs } from '#platform/temporal/search-attributes.ts';
import type { Tenant, TenantStore } from '#stores/tenant/tenants.ts';
import {
  createTenantWorkflowType,
  deleteTenantWorkflowType,
  provisioningQueueOf,
  type TenantWorkInput,
} from '#workflows/messages/tenant.ts';

interface LostTenantWorkOptions {
  tenants: Pick<TenantStore, 'readAll'>;
  temporal: Temporal;
  /** Of requests; tenants have one beside it. */
  taskQueue: string;
  /** OPERATOR_TENANT: in whose name lost work is started, on record there. */
  operatorTenant: string | undefined;
  logger: Logger;
  signal: AbortSignal;
  /** Default one minute. */
  everyMs?: number;
}

/** A tenant's row is the outbox of its work: what a gateway committed and could not start is started here. */
export async function startLostTenantWork(options: LostTenantWorkOptions): Promise<void> {
  const { logger, signal, everyMs = 60_000 } = options;
  const look = () =>
    startAll(options).catch((error: unknown) =>
      logger.warn({ err: error }, 'tenant work could not be looked for; it is tried again'),
    );
  await look();
  try {
    for await (const _ of setInterval(everyMs, undefined, { signal })) await look();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function startAll(options: LostTenantWorkOptions): Promise<void> {
  for (const tenant of await options.tenants.readAll()) {
    if (tenant.status === 'provisioning') await startOne(options, tenant, 'create');
    if (tenant.status === 'deleting') await startOne(options, tenant, 'delete');
  }
}

async function startOne(
  { temporal, taskQueue, operatorTenant }: LostTenantWorkOptions,
  { id: tenantId }: Tenant,
  work: 'create' | 'delete',
): Promise<void> {
  const userId = 'openclaw-setup';
  const operator: Actor = {
    tenantId: operatorTenant ?? tenantId,
    userId,
    role: 'enterprise_admin',
    orgUnit: '',
  };
  const workflowId = tenantWorkflowId(tenantId, work);
  const input: TenantWorkInput = { tenantId, operator };
  try {
    await temporal.as({ tenantId, actorId: userId, traceId: workflowId }, (client) =>
      client.workflow.start(work === 'create' ? createTenantWorkflowType : deleteTenantWorkflowType, {
        workflowId,
        taskQueue: provisioningQueueOf(taskQueue),
        args: [input],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        typedSearchAttributes: startedAs('tenant', tenantId, 'running'),
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
