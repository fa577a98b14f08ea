import { type NativeConnection, Worker, type WorkflowBundle } from '@temporalio/worker';
import type { Envelope } from '#platform/crypto/envelope.ts';
import type { Logger } from '#platform/logger.ts';
import { createDataConverter } from '#platform/temporal/data-converter.ts';
import type { PayloadKeys } from '#platform/temporal/payload-codec.ts';
import { createActivityInterceptor } from './activity-interceptor.ts';

interface CreateWorkerOptions {
  connection: NativeConnection;
  namespace: string;
  taskQueue: string;
  workflowBundle: WorkflowBundle;
  activities: Readonly<Record<string, (...given: never[]) => Promise<unknown>>>;
  envelope: Envelope;
  /** Payloads of a tenant's workflows are sealed under its own key; unset = under the installation's. */
  tenantKeys?: PayloadKeys;
  logger: Logger;
  /** Activities at the same time; default 400. */
  maxActivities?: number;
  /** Milliseconds that running activities may still take after SIGTERM. */
  shutdownGraceMs: number;
}

/** About 105 KB each: a bound on memory, well above what two cores keep busy. */
const maxCachedWorkflows = 1_000;

/**
 * Most of an activity is waiting for a provider: where one tenant's provider hangs for half a minute, what its pace lets
 * begin in that time (ADR 20) leaves places for the others.
 */
const manyActivities = 400;

export function createWorker(options: CreateWorkerOptions): Promise<Worker> {
  const { connection, namespace, taskQueue, workflowBundle, activities, envelope, logger } = options;
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle,
    activities,
    dataConverter: createDataConverter(envelope, options.tenantKeys),
    interceptors: { activity: [createActivityInterceptor(logger)] },
    maxCachedWorkflows,
    maxConcurrentActivityTaskExecutions: options.maxActivities ?? manyActivities,
    shutdownGraceTime: options.shutdownGraceMs,
    // Below these, a worker that was killed delays others: the server waits for its sticky queue first.
    stickyQueueScheduleToStartTimeout: '5s',
  });
}
