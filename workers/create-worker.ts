import { type NativeConnection, Worker, type WorkflowBundle } from '@temporalio/worker';
import { mayCall } from '#activities/callers.ts';
import type { TellNotSo } from '#activities/not-so.ts';
import type { Envelope } from '#platform/crypto/envelope.ts';
import type { Logger } from '#platform/logger.ts';
import { createDataConverter } from '#platform/temporal/data-converter.ts';
import type { PayloadKeys, Unbound } from '#platform/temporal/payload-codec.ts';
import { createActivityInterceptor } from './activity-interceptor.ts';

interface CreateWorkerOptions {
  connection: NativeConnection;
  namespace: string;
  taskQueue: string;
  workflowBundle: WorkflowBundle;
  activities: Readonly<Record<string, (...given: never[]) => Promise<unknown>>>;
  envelope: Envelope;
  /** Tenants' own keys, which seal the payloads of their workflows; unset = the key of the installation seals them. */
  tenantKeys?: PayloadKeys;
  /** Which workflows may hold payloads from before they were bound, and call without a statement; unset = none. */
  unbound?: Unbound | undefined;
  tellNotSo: TellNotSo;
  /** Default: the table of activities/callers.ts. */
  mayCall?: typeof mayCall;
  logger: Logger;
  /** Activities that may run at the same time; default 400. */
  maxActivities?: number;
  /** How long running activities may take after SIGTERM, in milliseconds. */
  shutdownGraceMs: number;
}

/** Each takes about 105 KB. This bounds memory, and is far more than two cores can work on at once. */
const maxCachedWorkflows = 1_000;

/**
 * So many because an activity mostly waits for a provider. When one tenant's provider hangs, the activities that this
 * tenant may start meanwhile (ADR 20) must not take every place.
 */
const manyActivities = 400;

export function createWorker(options: CreateWorkerOptions): Promise<Worker> {
  const { connection, namespace, taskQueue, workflowBundle, activities, envelope } = options;
  const { tenantKeys, unbound } = options;
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle,
    activities,
    dataConverter: createDataConverter(envelope, { namespace, tenantKeys, unbound }),
    interceptors: { activity: [createActivityInterceptor({ mayCall, ...options })] },
    maxCachedWorkflows,
    maxConcurrentActivityTaskExecutions: options.maxActivities ?? manyActivities,
    shutdownGraceTime: options.shutdownGraceMs,
    // With the default of 10 s, work that was meant for a killed worker would wait that long before another one gets
    // it.
    stickyQueueScheduleToStartTimeout: '5s',
  });
}
