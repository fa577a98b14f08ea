import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type WorkflowStartOptions,
} from '@temporalio/client';
import type { PlannedAction } from '#domain/action/action.ts';
import { requestWorkflowId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import { startedAs } from '#platform/temporal/search-attributes.ts';
import type { RequestStore, StoredRequest } from '#stores/request/requests.ts';
import { firstOutcome, type RequestInput, requestWorkflowType } from '#workflows/messages/request.ts';
import { inTime } from './in-time.ts';
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
  /** With the row's text at hand. Also waits for the first outcome; throws `TEMPORAL_UNAVAILABLE` when it isn't there after `ms`. */
  andWait(row: StoredRequest, text: string, ms: number): Promise<void>;
  /** Only starts; a workflow that runs or ran already is fine. */
  only(row: StoredRequest): Promise<void>;
  /** Starts anew what Temporal has ended or forgotten though the row is not final; `false` when it runs. */
  again(row: StoredRequest): Promise<boolean>;
}

/** The row is the outbox: first the audit record that it came in, then its typed actions, then the workflow. */
export function createStartRequest(options: StartRequestOptions): StartRequest {
  const { requests, temporal } = options;

  const prepare = async (row: StoredRequest, text?: string): Promise<{ actor: Actor; start: Start }> => {
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
    return { actor, start: startOptions(options, actor, row, await options.planTyped(actor, row, text)) };
  };

  const asRequester = (row: StoredRequest, work: (client: Client) => Promise<unknown>) =>
    temporal.as({ tenantId: row.tenantId, actorId: row.userId, traceId: row.id }, work);

  return {
    async andWait(row, text, ms) {
      try {
        const { start } = await prepare(row, text);
        await asRequester(row, (client) =>
          inTime(client, ms, () =>
            client.workflow.executeUpdateWithStart(firstOutcome, {
              updateId: row.id,
              startWorkflowOperation: new WithStartWorkflowOperation(requestWorkflowType, start),
            }),
          ),
        );
      } catch (error) {
        options.log.warn({ err: error, requestId: row.id }, 'no first outcome; the sweeper looks after it');
        throw error;
      }
    },
    async only(row) {
      const { start } = await prepare(row);
      try {
        await asRequester(row, (client) =>
          inTime(client, startLimitMs, () => client.workflow.start(requestWorkflowType, start)),
        );
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
      await requests.markStarted(row.tenantId, row.id);
    },
    async again(row) {
      const id = requestWorkflowId(row.tenantId, row.id);
      const asked = (work: (client: Client) => Promise<unknown>) =>
        asRequester(row, (client) => inTime(client, startLimitMs, () => work(client)));
      if (await asked((client) => isRunning(client, id))) return false;
      const { start } = await prepare(row);
      await requests.noteRestart(row.tenantId, row.id);
      // What has happened is in the rows and in the ledger: the new run finds it there and repeats nothing.
      await asked((client) =>
        client.workflow.start(requestWorkflowType, { ...start, workflowIdReusePolicy: 'ALLOW_DUPLICATE' }),
      );
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

const startLimitMs = 5_000;

type Start = WorkflowStartOptions<(input: RequestInput) => Promise<unknown>> & {
  workflowIdConflictPolicy: 'USE_EXISTING';
};

function startOptions(
  { taskQueue, approvalExpiresMs, resolutionExpiresMs }: StartRequestOptions,
  actor: Actor,
  row: StoredRequest,
  actions: readonly PlannedAction[] | undefined,
): Start {
  const { tenantId } = actor;
  const input: RequestInput = {
    actor,
    requestId: row.id,
    approvalExpiresMs,
    resolutionExpiresMs,
    ...(actions === undefined ? {} : { actions }),
  };
  return {
    workflowId: requestWorkflowId(tenantId, row.id),
    taskQueue,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    typedSearchAttributes: startedAs('request', tenantId, 'running'),
    staticSummary: summaryOf(actor, actions),
    priority: { fairnessKey: tenantId },
  };
}

/** Temporal takes 400 bytes, encryption included, and refuses the start of a workflow that says more. */
function summaryOf(actor: Actor, actions: readonly PlannedAction[] | undefined): string {
  const words = actions?.map(({ target }) => target).join(', ') ?? `asked by ${actor.userId}`;
  return words.slice(0, summaryMax).toWellFormed();
}

const summaryMax = 200;
