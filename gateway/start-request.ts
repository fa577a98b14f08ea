import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import type { PlannedAction } from '#domain/action.ts';
import type { Actor } from '#domain/actor.ts';
import { requestWorkflowId } from '#domain/ids.ts';
import { searchAttributes } from '#domain/search-attributes.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import type { RequestStore, StoredRequest } from '#stores/requests.ts';
import { firstOutcome, type RequestInput, requestWorkflowType } from '#workflows/messages.ts';
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
  /** Also waits for the first outcome; throws `TEMPORAL_UNAVAILABLE` when it isn't there after `ms`. */
  andWait(row: StoredRequest, ms: number): Promise<void>;
  /** Only starts; a workflow that runs or ran already is fine. */
  only(row: StoredRequest): Promise<void>;
}

/** The row is the outbox: first the audit record that it came in, then its typed actions, then the workflow. */
export function createStartRequest(options: StartRequestOptions): StartRequest {
  const { requests, temporal } = options;

  const prepare = async (row: StoredRequest): Promise<{ actor: Actor; start: Start }> => {
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
    return { actor, start: startOptions(options, actor, row, await options.planTyped(actor, row)) };
  };

  const asRequester = (row: StoredRequest, work: (client: Client) => Promise<unknown>) =>
    temporal.as({ tenantId: row.tenantId, actorId: row.userId, traceId: row.id }, work);

  return {
    async andWait(row, ms) {
      try {
        const { start } = await prepare(row);
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
  };
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
    typedSearchAttributes: new TypedSearchAttributes([
      { key: keyword(searchAttributes.tenant), value: tenantId },
      { key: keyword(searchAttributes.kind), value: 'request' },
      { key: keyword(searchAttributes.state), value: 'running' },
    ]),
    staticSummary: actions?.map(({ target }) => target).join(', ') ?? `asked by ${actor.userId}`,
    priority: { fairnessKey: tenantId },
  };
}

function keyword(name: string) {
  return defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);
}
