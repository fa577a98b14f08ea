import {
  ApplicationFailure,
  defaultPayloadConverter,
  type Headers,
  type WorkflowInterceptors,
  workflowInfo,
} from '@temporalio/workflow';
import { type CallHeaders, fromHeaders, toHeaders } from '#domain/call-headers.ts';
import { tenantOfWorkflowId } from '#domain/ids.ts';

/** Passes tenant, actor and trace on to activities and children; refuses calls for another tenant. */
export function interceptors(): WorkflowInterceptors {
  let caller: CallHeaders | undefined;
  const onward = (headers: Headers): Headers =>
    caller === undefined
      ? headers
      : { ...headers, ...toHeaders(caller, (text) => defaultPayloadConverter.toPayload(text)) };
  return {
    inbound: [
      {
        // Async, so that a refusal fails the workflow; thrown synchronously it would fail the first task again and
        // again.
        execute: async (input, next) => {
          caller = ofThisTenant(input.headers);
          return next(input);
        },
        validateUpdate: (input, next) => {
          ofThisTenant(input.headers);
          next(input);
        },
        // An update without a validator comes straight here.
        handleUpdate: async (input, next) => {
          ofThisTenant(input.headers);
          return next(input);
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next({ ...input, headers: onward(input.headers) }),
        startChildWorkflowExecution: (input, next) => next({ ...input, headers: onward(input.headers) }),
      },
    ],
  };
}

function ofThisTenant(headers: Headers): CallHeaders {
  const call = fromHeaders(headers, (payload) => defaultPayloadConverter.fromPayload(payload));
  if (call === undefined || call.tenantId !== tenantOfWorkflowId(workflowInfo().workflowId)) {
    throw ApplicationFailure.nonRetryable('the tenant does not match', 'TENANT_MISMATCH');
  }
  return call;
}
