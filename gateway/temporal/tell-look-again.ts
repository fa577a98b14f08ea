import { WorkflowNotFoundError } from '@temporalio/client';
import { CodedError } from '#domain/error.ts';
import { requestWorkflowId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import { inTime } from '#platform/temporal/in-time.ts';
import { lookAgain } from '#workflows/messages/request.ts';

const limitMs = 5_000;

/**
 * Has a request that waits for a time look at its rows again now; for any other it changes nothing. Throws
 * `TEMPORAL_UNAVAILABLE`.
 */
export async function tellLookAgain(temporal: Temporal, actor: Actor, requestId: string): Promise<void> {
  const { tenantId, userId } = actor;
  try {
    await temporal.as({ tenantId, actorId: userId, traceId: requestId }, (client) =>
      inTime(client, limitMs, () =>
        client.workflow.getHandle(requestWorkflowId(tenantId, requestId)).signal(lookAgain),
      ),
    );
  } catch (cause) {
    // Whoever has ended waits for nothing.
    if (cause instanceof WorkflowNotFoundError) return;
    throw new CodedError('TEMPORAL_UNAVAILABLE', { cause });
  }
}
