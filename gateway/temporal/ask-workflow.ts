import {
  type Client,
  isGrpcServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { CodedError, type ErrorCode, isErrorCode } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import { inTime } from '#platform/temporal/in-time.ts';

interface Question {
  temporal: Temporal;
  actor: Actor;
  /** The request that it belongs to. */
  requestId: string;
  /** The error when no such workflow is running. */
  gone: ErrorCode;
  ask(client: Client): Promise<unknown>;
}

/** Longer than Temporal takes to notice that the worker that had the workflow in its cache is gone (10 s). */
const limitMs = 15_000;

/**
 * Sends an update to a workflow. Its refusals come back as our codes; when Temporal or every worker is away it throws
 * `TEMPORAL_UNAVAILABLE`. It isn't known then whether the update was accepted: if so, Temporal carries it on.
 */
export async function askWorkflow({ temporal, actor, requestId, gone, ask }: Question): Promise<void> {
  const caller = { tenantId: actor.tenantId, actorId: actor.userId, traceId: requestId };
  try {
    await temporal.as(caller, (client) => inTime(client, limitMs, () => ask(client)));
  } catch (error) {
    throw codedErrorOf(error, gone);
  }
}

const notKnown =
  'The workflow engine did not answer in time. Look whether it was taken before you try again.';

function codedErrorOf(error: unknown, gone: ErrorCode): CodedError {
  if (error instanceof CodedError && error.code !== 'TEMPORAL_UNAVAILABLE') return error;
  if (error instanceof WorkflowNotFoundError) return new CodedError(gone, { cause: error });
  if (error instanceof WorkflowUpdateFailedError) return refusalOf(error, gone);
  const unreachable = error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isGrpcServiceError(error);
  return unreachable || isServiceError(error) || error instanceof CodedError
    ? new CodedError('TEMPORAL_UNAVAILABLE', { message: notKnown, cause: error })
    : new CodedError('INTERNAL', { cause: error });
}

function isServiceError(error: unknown): boolean {
  return error instanceof Error && (error.name === 'ServiceError' || error.name === 'AbortError');
}

/** The type of a refusal is one of our codes; anything else means that the workflow ended during the update. */
function refusalOf(error: WorkflowUpdateFailedError, gone: ErrorCode): CodedError {
  const { cause } = error;
  const type = cause instanceof ApplicationFailure ? cause.type : undefined;
  return new CodedError(typeof type === 'string' && isErrorCode(type) ? type : gone, { cause: error });
}
