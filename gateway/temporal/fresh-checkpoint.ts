import { auditCheckpointWorkflowId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import { startWorkflow } from '#platform/temporal/start-workflow.ts';
import {
  type AuditCheckpointInput,
  auditCheckpointWorkflowType,
} from '#workflows/messages/audit-checkpoint.ts';

interface FreshCheckpointOptions {
  temporal: Temporal;
  taskQueue: string;
  /** How long to wait, in milliseconds. */
  waitMs: number;
  log: { warn(fields: object, message: string): void };
}

/**
 * Asks for a head over what is on record now, and waits a few seconds for it; if none comes, the newest one has to do.
 */
export type FreshCheckpoint = (actor: Actor) => Promise<void>;

export function createFreshCheckpoint(options: FreshCheckpointOptions): FreshCheckpoint {
  const { temporal, taskQueue, waitMs, log } = options;
  return async ({ tenantId, userId: actorId }) => {
    const workflowId = auditCheckpointWorkflowId(tenantId, `${taskQueue}:now`);
    const input: AuditCheckpointInput = { tenantId };
    const until = performance.now() + waitMs;
    try {
      const started = await startWorkflow(
        temporal,
        {
          caller: { tenantId, actorId, traceId: workflowId },
          kind: 'audit-checkpoint',
          type: auditCheckpointWorkflowType,
          workflowId,
          taskQueue,
          input,
          whenEnded: 'again',
          lastsMs: 60_000,
        },
        { limitMs: waitMs },
      );
      await started.ended(until - performance.now());
    } catch (error) {
      log.warn({ err: error, tenantId }, 'no fresh audit checkpoint in time; the newest head is used');
    }
  };
}
