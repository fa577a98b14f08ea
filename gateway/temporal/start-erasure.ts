import { type Client, ServiceError } from '@temporalio/client';
import { CodedError } from '#domain/error.ts';
import { erasureWorkflowId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import { startedAs } from '#platform/temporal/search-attributes.ts';
import { type ErasureInput, erasureWorkflowType } from '#workflows/messages/erasure.ts';
import { inTime } from './in-time.ts';

/**
 * Starts the workflow of an erasure that is on record, or finds it running; waits a moment for its end. Throws
 * `TEMPORAL_UNAVAILABLE` when it could not be started: asked for again, it starts.
 */
export type StartErasure = (admin: Actor, erasureId: string) => Promise<void>;

interface StartErasureOptions {
  temporal: Temporal;
  taskQueue: string;
  /** Milliseconds to wait for the end. */
  waitMs: number;
}

const startLimitMs = 5_000;

export function createStartErasure({ temporal, taskQueue, waitMs }: StartErasureOptions): StartErasure {
  return async (admin, erasureId) => {
    const { tenantId } = admin;
    const workflowId = erasureWorkflowId(tenantId, erasureId);
    const input: ErasureInput = { admin, erasureId };
    const caller = { tenantId, actorId: admin.userId, traceId: erasureId };
    const start = (client: Client) =>
      inTime(client, startLimitMs, () =>
        client.workflow.start(erasureWorkflowType, {
          workflowId,
          taskQueue,
          args: [input],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          typedSearchAttributes: startedAs('erasure', tenantId, 'running'),
          priority: { fairnessKey: tenantId },
        }),
      );
    const started = await temporal.as(caller, start).catch((error: unknown) => {
      if (error instanceof ServiceError) throw new CodedError('TEMPORAL_UNAVAILABLE', { cause: error });
      throw error;
    });
    // Whether it ended is read from its row.
    await temporal.as(caller, (client) => inTime(client, waitMs, () => started.result())).catch(() => {});
  };
}
