import { auditCheckpointWorkflowId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import { startedAs } from '#platform/temporal/search-attributes.ts';
import {
  type AuditCheckpointInput,
  auditCheckpointWorkflowType,
} from '#workflows/messages/audit-checkpoint.ts';
import { inTime } from './in-time.ts';

interface FreshCheckpointOptions {
  temporal: Temporal;
  taskQueue: string;
  /** Milliseconds to wait. */
  waitMs: number;
  log: { warn(fields: object, message: string): void };
}

/** Asks for a head over what is on record now, and waits a few seconds; where none comes, the newest one has to do. */
export type FreshCheckpoint = (actor: Actor) => Promise<void>;

export function createFreshCheckpoint(options: FreshCheckpointOptions): FreshCheckpoint {
  const { temporal, taskQueue, waitMs, log } = options;
  return async ({ tenantId, userId }) => {
    const workflowId = auditCheckpointWorkflowId(tenantId, `${taskQueue}:now`);
    const input: AuditCheckpointInput = { tenantId };
    try {
      await temporal.as({ tenantId, actorId: userId, traceId: workflowId }, (client) =>
        inTime(client, waitMs, () =>
          client.workflow.execute(auditCheckpointWorkflowType, {
            workflowId,
            taskQueue,
            args: [input],
            workflowIdConflictPolicy: 'USE_EXISTING',
            workflowIdReusePolicy: 'ALLOW_DUPLICATE',
            workflowExecutionTimeout: '1 minute',
            typedSearchAttributes: startedAs('audit-checkpoint', tenantId),
          }),
        ),
      );
    } catch (error) {
      log.warn({ err: error, tenantId }, 'no fresh audit checkpoint in time; the newest head is used');
    }
  };
}
