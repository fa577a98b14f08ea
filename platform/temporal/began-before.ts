import type { WorkflowService } from '@temporalio/client';
import { isGrpcServiceError } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import type { Unbound } from './payload-codec.ts';

interface BeganBeforeOptions {
  service: Pick<WorkflowService, 'getWorkflowExecutionHistory'>;
  namespace: string;
  /** The moment; it is asked for until it is known. */
  moment: () => Promise<Date>;
}

/** A workflow that is ended and started anew under its id is another one: so an answer is soon asked for again. */
const keptMs = 5_000;
/** gRPC's code for what isn't there. */
const notFound = 5;

/**
 * Did the workflow that has this id now begin before that moment? By the time of its first event, which the server gives,
 * and a reset keeps: nobody at Temporal's port starts a workflow in the past.
 */
export function createBeganBefore({ service, namespace, moment }: BeganBeforeOptions): Unbound {
  let known = new Map<string, Promise<boolean>>();
  let since = performance.now();
  let at: Date | undefined;

  async function look(workflowId: string): Promise<boolean> {
    at ??= await moment();
    const begun = await beginningOf(workflowId);
    return begun !== undefined && begun < at.getTime();
  }

  async function beginningOf(workflowId: string): Promise<number | undefined> {
    try {
      const { history } = await service.getWorkflowExecutionHistory({
        namespace,
        execution: { workflowId },
        maximumPageSize: 1,
      });
      const time = history?.events?.[0]?.eventTime;
      return time === null || time === undefined ? undefined : tsToMs(time);
    } catch (error) {
      if (isGrpcServiceError(error) && error.code === notFound) return undefined;
      throw error;
    }
  }

  return (workflowId) => {
    if (performance.now() - since > keptMs) {
      known = new Map();
      since = performance.now();
    }
    const answer = known.get(workflowId) ?? look(workflowId);
    known.set(workflowId, answer);
    answer.catch(() => known.delete(workflowId));
    return answer;
  };
}
