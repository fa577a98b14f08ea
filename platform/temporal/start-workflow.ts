import {
  type Client,
  isGrpcServiceError,
  ServiceError,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import { CodedError } from '#domain/error.ts';
import type { WorkflowStart } from '#domain/workflow-start.ts';
import type { Temporal } from './client.ts';
import { inTime } from './in-time.ts';
import { startedAs } from './search-attributes.ts';

export interface StartedWorkflow {
  /** Waits for its end; throws what it failed with, `TEMPORAL_UNAVAILABLE` after `ms`. */
  ended(ms: number): Promise<void>;
}

interface StartOptions {
  /** How long starting it and answering the update may take, in milliseconds; default 5 000. */
  limitMs?: number;
  /** An update sent with the start; the workflow counts as started once it is answered. */
  update?: { definition: UpdateDefinition<unknown>; id: string };
}

const startLimitMs = 5_000;

/**
 * The one way to start a workflow. If it is running already, that one goes on: starting twice is starting once. Throws
 * `TEMPORAL_UNAVAILABLE` when Temporal can't be reached, `TENANT_MISMATCH` for an id of a tenant other than the
 * caller's.
 */
export async function startWorkflow(
  temporal: Temporal,
  start: WorkflowStart,
  { limitMs = startLimitMs, update }: StartOptions = {},
): Promise<StartedWorkflow> {
  const asCaller = <Result>(ms: number, ask: (client: Client) => Promise<Result>) =>
    temporal.as(start.caller, (client) => inTime(client, ms, () => ask(client)));
  const options = {
    ...startOptions(start),
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: start.whenEnded === 'again' ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE',
    ...(start.lastsMs === undefined ? {} : { workflowExecutionTimeout: start.lastsMs }),
  } as const;
  try {
    const started = await asCaller(limitMs, async (client) => {
      if (update === undefined) return client.workflow.start(start.type, options);
      const startWorkflowOperation = new WithStartWorkflowOperation(start.type, options);
      await client.workflow.executeUpdateWithStart(update.definition, {
        updateId: update.id,
        startWorkflowOperation,
      });
      return startWorkflowOperation.workflowHandle();
    });
    return { ended: async (ms) => void (await asCaller(ms, () => started.result())) };
  } catch (error) {
    const hasEnded = update === undefined && error instanceof WorkflowExecutionAlreadyStartedError;
    if (!hasEnded || start.whenEnded === 'again') throw unavailable(error);
    return { ended: async () => {} };
  }
}

/** What every workflow begins with, whoever starts it: found by tenant and kind, and no tenant before its turn. */
export function startOptions({ caller, kind, workflowId, taskQueue, input, state, summary }: WorkflowStart) {
  const { tenantId } = caller;
  return {
    workflowId,
    taskQueue,
    args: [input],
    typedSearchAttributes: startedAs(kind, tenantId, state),
    priority: { fairnessKey: tenantId },
    ...(summary === undefined ? {} : { staticSummary: summary }),
  };
}

/** gRPC's code for a call that will never be taken as it is. */
const invalidArgument = 3;

function unavailable(error: unknown): unknown {
  if (!(error instanceof ServiceError)) return error;
  const isRefused = isGrpcServiceError(error.cause) && error.cause.code === invalidArgument;
  return isRefused ? error : new CodedError('TEMPORAL_UNAVAILABLE', { cause: error });
}
