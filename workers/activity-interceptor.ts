import type { Context } from '@temporalio/activity';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import type { ActivityInterceptors } from '@temporalio/worker';
import { fromHeaders } from '#domain/call-headers.ts';
import { CodedError } from '#domain/error.ts';
import { tenantOfWorkflowId } from '#domain/ids.ts';
import type { Logger } from '#platform/logger.ts';
import { isNeverRetried } from './never-retried.ts';

/**
 * Refuses a call whose workflow id and header name different tenants, and turns our errors into failures that Temporal
 * understands.
 */
export function createActivityInterceptor(logger: Logger): (context: Context) => ActivityInterceptors {
  return ({ info }) => ({
    inbound: {
      execute: async (input, next) => {
        const call = fromHeaders(input.headers, (payload) => defaultPayloadConverter.fromPayload(payload));
        const tenantId = tenantOfWorkflowId(info.workflowExecution?.workflowId ?? '');
        if (call === undefined || call.tenantId !== tenantId) {
          throw ApplicationFailure.nonRetryable('the tenant does not match', 'TENANT_MISMATCH');
        }
        try {
          return await next(input);
        } catch (error) {
          if (error instanceof ApplicationFailure) throw error;
          logger.warn(
            { err: error, activity: info.activityType, trace: call.traceId },
            'activity attempt failed',
          );
          throw asFailure(error);
        }
      },
    },
  });
}

/** The message is for people; the cause stays in this process. */
function asFailure(error: unknown): ApplicationFailure {
  if (!(error instanceof CodedError)) {
    return ApplicationFailure.create({ message: 'unexpected error', type: 'INTERNAL' });
  }
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable: isNeverRetried(error),
  });
}
