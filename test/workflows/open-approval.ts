import type { WorkflowHandle } from '@temporalio/client';
import type { ApprovalQuestion } from '#domain/approval.ts';
import { actionRunId, approvalWorkflowId } from '#domain/ids.ts';
import { questionOf } from '#gateway/cast-vote.ts';
import { newId } from '#platform/new-id.ts';
import { plannedRequest } from '../stores/examples.ts';
import { asker } from './cast.ts';
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
  const stored = await stores.approvals.open(asker.tenantId, {
    id: newId('approval'),
    requestId,
    n: 1,
    runId: actionRunId(requestId, 1),
    round: 1,
    requesterId: asker.userId,
    requesterOrgUnit: asker.orgUnit,
    approvers: { role: 'team_lead', orgUnit: asker.orgUnit },
    action: 'github_issue_comment',
    target: 'acme/website#7',
    preview: 'Fixed in 2.1',
    classification: 'internal',
    digest: 'd'.repeat(64),
    reason: 'a person has to approve it',
    policyApplied: 'pol_1@1',
    decisionId: newId('decision'),
    expiresAt: new Date(Date.now() + expiresMs).toISOString(),
  });
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
