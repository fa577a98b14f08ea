import type { WorkflowHandle } from '@temporalio/client';
import type { ApprovalQuestion } from '#domain/approval/approval.ts';
import { approvalWorkflowId } from '#domain/ids.ts';
import { questionOf } from '#governance/end-approval.ts';
import { asker } from './cast.ts';
import { newApproval, plannedRequest } from './examples.ts';
import type { TestWorker } from './test-worker.ts';

export interface OpenApproval {
  requestId: string;
  question: ApprovalQuestion;
  handle: WorkflowHandle;
}

const day = 86_400_000;

/** An approval that waits for people, without the request that would act on it. */
export async function openApproval(worker: TestWorker, { expiresMs = day } = {}): Promise<OpenApproval> {
  const { stores, temporal, taskQueue } = worker;
  const requestId = await plannedRequest(stores.requests);
  const stored = await stores.approvals.open(
    asker.tenantId,
    newApproval(requestId, { expiresAt: new Date(Date.now() + expiresMs).toISOString() }),
  );
  const question = questionOf(stored);
  const caller = { tenantId: asker.tenantId, actorId: asker.userId, traceId: requestId };
  const handle = await temporal.as(caller, (client) =>
    client.workflow.start('approval', {
      workflowId: approvalWorkflowId(asker.tenantId, stored.id, 1),
      taskQueue,
      args: [{ question, requester: asker, expiresMs }],
    }),
  );
  return { requestId, question, handle };
}

/** State of an approval as people see it. */
export async function stateOf({ stores }: TestWorker, { question }: OpenApproval): Promise<string> {
  const stored = await stores.approvals.get(question.tenantId, question.approvalId);
  return stored?.state ?? 'not there';
}
