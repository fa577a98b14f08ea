import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { PlannedAction } from '#domain/action/action.ts';
import { requestWorkflowId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { WorkflowStart } from '#domain/workflow-start.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import { inTime } from '#platform/temporal/in-time.ts';
import { startWorkflow } from '#platform/temporal/start-workflow.ts';
import type { RequestStore, StoredRequest } from '#stores/request/requests.ts';
import { firstOutcome, type RequestInput, requestWorkflowType } from '#workflows/messages/request.ts';
import type { PlanTyped } from './plan-typed.ts';

export interface StartRequestOptions {
  requests: RequestStore;
  recordEvent: RecordEvent;
  planTyped: PlanTyped;
  temporal: Temporal;
  taskQueue: string;
  approvalExpiresMs: number;
  resolutionExpiresMs: number;
  log: { warn(fields: object, message: string): void };
}

/** Starts the workflow of a committed request row; safe to repeat by any gateway at any time. */
export interface StartRequest {
  /**
   * For a caller who has the text of the row. Also waits for the first outcome; throws `TEMPORAL_UNAVAILABLE` when it
   * isn't there after `ms`.
   */
  andWait(row: StoredRequest, text: string, ms: number): Promise<void>;
  /** Only starts it; a workflow that runs or ran already is fine. */
  only(row: StoredRequest): Promise<void>;
  /**
   * Starts it anew if Temporal has ended or forgotten the workflow though the row is not final; `false` when it is
   * running.
   */
  again(row: StoredRequest): Promise<boolean>;
}

/**
 * The row is the outbox: first the audit entry that the request was received, then its typed actions, then the
 * workflow.
 */
export function createStartRequest(options: StartRequestOptions): StartRequest {
  const { requests, temporal } = options;

  const prepare = async (row: StoredRequest, text?: string): Promise<WorkflowStart> => {
    const actor: Actor = {
      tenantId: row.tenantId,
      userId: row.userId,
      role: row.role,
      orgUnit: row.orgUnit,
    };
    await options.recordEvent(actor, {
      event: 'request.created',
      detail: `request ${row.id}`,
      outcome: 'success',
      requestId: row.id,
      metadata: { body_digest: row.bodyDigest },
      dedupeKey: `created:${row.id}`,
    });
    return startOf(options, actor, row, await options.planTyped(actor, row, text));
  };

  return {
    async andWait(row, text, ms) {
      try {
        const update = { definition: firstOutcome, id: row.id };
        await startWorkflow(temporal, await prepare(row, text), { limitMs: ms, update });
      } catch (error) {
        options.log.warn({ err: error, requestId: row.id }, 'no first outcome; the sweeper looks after it');
        throw error;
      }
    },
    async only(row) {
      await startWorkflow(temporal, await prepare(row));
      await requests.markStarted(row.tenantId, row.id);
    },
    async again(row) {
      const caller = { tenantId: row.tenantId, actorId: row.userId, traceId: row.id };
      const runs = await temporal.as(caller, (client) =>
        inTime(client, lookLimitMs, () => isRunning(client, requestWorkflowId(row.tenantId, row.id))),
      );
      if (runs) return false;
      const start = await prepare(row);
      await requests.noteRestart(row.tenantId, row.id);
      // What has happened already is in the rows and in the ledger: the new run finds it there and repeats nothing.
      await startWorkflow(temporal, { ...start, whenEnded: 'again' });
      return true;
    },
  };
}

async function isRunning(client: Client, workflowId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING' || status.name === 'CONTINUED_AS_NEW';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

const lookLimitMs = 5_000;

function startOf(
  { taskQueue, approvalExpiresMs, resolutionExpiresMs }: StartRequestOptions,
  actor: Actor,
  row: StoredRequest,
  actions: readonly PlannedAction[] | undefined,
): WorkflowStart {
  const { tenantId, userId: actorId } = actor;
  const input: RequestInput = {
    actor,
    requestId: row.id,
    approvalExpiresMs,
    resolutionExpiresMs,
    ...(actions === undefined ? {} : { actions }),
  };
  return {
    caller: { tenantId, actorId, traceId: row.id },
    kind: 'request',
    type: requestWorkflowType,
    workflowId: requestWorkflowId(tenantId, row.id),
    taskQueue,
    input,
    state: 'running',
    summary: summaryOf(actor, actions),
    whenEnded: 'stands',
  };
}

/** Temporal accepts 400 bytes, encryption included, and refuses to start a workflow with a longer summary. */
function summaryOf(actor: Actor, actions: readonly PlannedAction[] | undefined): string {
  const words = actions?.map(({ target }) => target).join(', ') ?? `asked by ${actor.userId}`;
  return words.slice(0, summaryMax).toWellFormed();
}

const summaryMax = 200;
