import { erasureWorkflowId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import { startWorkflow } from '#platform/temporal/start-workflow.ts';
import { type ErasureInput, erasureWorkflowType } from '#workflows/messages/erasure.ts';

/**
 * Starts the workflow of an erasure that is on record, or finds it running; waits a moment for its end. Throws
 * `TEMPORAL_UNAVAILABLE` when it could not be started; asking again starts it.
 */
export type StartErasure = (admin: Actor, erasureId: string) => Promise<void>;

interface StartErasureOptions {
  temporal: Temporal;
  taskQueue: string;
  /** How long to wait for the end, in milliseconds. */
  waitMs: number;
}

export function createStartErasure({ temporal, taskQueue, waitMs }: StartErasureOptions): StartErasure {
  return async (admin, erasureId) => {
    const { tenantId, userId: actorId } = admin;
    const input: ErasureInput = { admin, erasureId };
    const started = await startWorkflow(temporal, {
      caller: { tenantId, actorId, traceId: erasureId },
      kind: 'erasure',
      type: erasureWorkflowType,
      workflowId: erasureWorkflowId(tenantId, erasureId),
      taskQueue,
      input,
      state: 'running',
      whenEnded: 'again',
    });
    // Whether it has ended is read from its row.
    await started.ended(waitMs).catch(() => {});
  };
}
