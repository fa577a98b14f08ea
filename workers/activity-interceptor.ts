import type { Context } from '@temporalio/activity';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import type { ActivityInterceptors } from '@temporalio/worker';
import type { mayCall as MayCall } from '#activities/callers.ts';
import { type CallingWorkflow, notSo, type TellNotSo } from '#activities/not-so.ts';
import { type Caller, callerInHeaders, unstated } from '#domain/caller.ts';
import { CodedError } from '#domain/error.ts';
import { tenantOfWorkflowId } from '#domain/ids.ts';
import type { Logger } from '#platform/logger.ts';
import type { Unbound } from '#platform/temporal/payload-codec.ts';
import { isNeverRetried } from './never-retried.ts';

interface InterceptorOptions {
  logger: Logger;
  tellNotSo: TellNotSo;
  mayCall: typeof MayCall;
  /** May this workflow still make calls without a statement? Without it, none may. */
  unbound?: Unbound | undefined;
}

type Call = Parameters<NonNullable<NonNullable<ActivityInterceptors['inbound']>['execute']>>[0];

/**
 * Refuses a call that doesn't state what it is, whose workflow is another tenant's, or which this workflow may not make;
 * turns our errors into failures that Temporal understands.
 */
export function createActivityInterceptor(
  options: InterceptorOptions,
): (context: Context) => ActivityInterceptors {
  const { logger, tellNotSo, mayCall, unbound = async () => false } = options;

  async function callerOf(call: Call, activity: string, by: CallingWorkflow): Promise<Caller> {
    const { args, statement } = unstated(call.args);
    const isOfBefore = statement === undefined && (await unbound(by.id));
    const caller = isOfBefore
      ? callerInHeaders(call.headers, (payload) => defaultPayloadConverter.fromPayload(payload))
      : statement;
    if (caller === undefined || caller.tenantId !== tenantOfWorkflowId(by.id)) {
      throw new CodedError('TENANT_MISMATCH', { message: 'the tenant does not match' });
    }
    const isMeant = isOfBefore || statement?.openclawCall === `activity ${activity}`;
    if (!isMeant) throw notSo('the call was meant for something else');
    if (!mayCall(activity, by, args)) throw notSo('this workflow may not call it, or not with this');
    return caller;
  }

  return ({ info }) => ({
    inbound: {
      execute: async (input, next) => {
        const activity = info.activityType;
        const by = { type: info.workflowType ?? '', id: info.workflowExecution?.workflowId ?? '' };
        let trace: string | undefined;
        try {
          ({ traceId: trace } = await callerOf(input, activity, by));
          return await next({ ...input, args: unstated(input.args).args });
        } catch (error) {
          if (error instanceof ApplicationFailure) throw error;
          logger.warn({ err: error, activity, trace, workflow: by.id }, 'activity attempt failed');
          if (error instanceof CodedError && error.code === 'CALL_NOT_SO') {
            await tellNotSo({ activity, by, why: error.message }).catch((cause: unknown) =>
              logger.warn({ err: cause, activity }, 'a refused call could not be put on record'),
            );
          }
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
