import {
  ApplicationFailure,
  defaultPayloadConverter,
  type Headers,
  type WorkflowInterceptors,
  workflowInfo,
} from '@temporalio/workflow';
import { type Caller, type CallName, callerInHeaders, stated, unstated } from '#domain/caller.ts';
import { tenantOfWorkflowId } from '#domain/ids.ts';

interface Call {
  args: unknown[];
  headers: Headers;
}

/**
 * Every call to a workflow states what it is and for whom, and every call that the workflow makes does so too; a call that
 * doesn't, or is meant for something else, is refused. Workflows that were started before there were statements take calls
 * by their headers.
 */
export function interceptors(): WorkflowInterceptors {
  let caller: Caller | undefined;
  let isStated = false;

  const onward = (args: readonly unknown[], call: CallName): unknown[] =>
    caller === undefined ? [...args] : stated(args, caller, call);

  /** A call to a workflow that was started with a statement needs its own; its arguments without it. */
  const taken = <Given extends Call>(given: Given, name: CallName): Given => {
    const { args, statement } = unstated(given.args);
    const by = statement?.openclawCall === name ? statement : undefined;
    ofThisTenant(by ?? (isStated || statement !== undefined ? undefined : inHeaders(given.headers)));
    return { ...given, args };
  };

  return {
    inbound: [
      {
        // Async, so that a refusal fails the workflow; thrown synchronously it would fail the first task again and
        // again.
        execute: async (input, next) => {
          const { args, statement } = unstated(input.args);
          isStated = statement !== undefined;
          const isOurs =
            statement === undefined || statement.openclawCall === `start ${workflowInfo().workflowType}`;
          caller = ofThisTenant(isOurs ? (statement ?? inHeaders(input.headers)) : undefined);
          return next({ ...input, args });
        },
        validateUpdate: (input, next) => next(taken(input, `update ${input.name}`)),
        // An update without a validator comes straight here.
        handleUpdate: async (input, next) => next(taken(input, `update ${input.name}`)),
        // Nobody waits for an answer: what isn't ours is passed over.
        handleSignal: async (input, next) => {
          const { args, statement } = unstated(input.args);
          const isOurs = statement?.openclawCall === `signal ${input.signalName}`;
          if (isOurs || (statement === undefined && !isStated)) return next({ ...input, args });
        },
        handleQuery: async (input, next) => {
          // The SDK's own ask how the workflow stands, and are answered sealed.
          if (input.queryName.startsWith('__') || !isStated)
            return next({ ...input, args: unstated(input.args).args });
          return next(taken(input, `query ${input.queryName}`));
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) =>
          next({ ...input, args: onward(input.args, `activity ${input.activityType}`) }),
        startChildWorkflowExecution: (input, next) => {
          const { args } = input.options;
          const options = { ...input.options, args: onward(args, `start ${input.workflowType}`) };
          return next({ ...input, options });
        },
      },
    ],
  };
}

function inHeaders(headers: Headers): Caller | undefined {
  return callerInHeaders(headers, (payload) => defaultPayloadConverter.fromPayload(payload));
}

function ofThisTenant(caller: Caller | undefined): Caller {
  if (caller === undefined || caller.tenantId !== tenantOfWorkflowId(workflowInfo().workflowId)) {
    throw ApplicationFailure.nonRetryable('the tenant does not match', 'TENANT_MISMATCH');
  }
  const { tenantId, actorId, traceId } = caller;
  return { tenantId, actorId, traceId };
}
