import type { WorkflowHandle } from '@temporalio/client';
import {
  approvalWorkflowId,
  auditCheckpointWorkflowId,
  reconcileWorkflowId,
  retentionWorkflowId,
  rewrapWorkflowId,
} from '#domain/ids.ts';
import { installationTenant } from '#domain/tenant/tenant.ts';
import { auditCheckpointWorkflowType } from '#workflows/messages/audit-checkpoint.ts';
import { reconcileWorkflowType } from '#workflows/messages/reconcile.ts';
import { retentionWorkflowType } from '#workflows/messages/retention.ts';
import { rewrapWorkflowType } from '#workflows/messages/rewrap.ts';
import {
  ask,
  callerOf,
  closing,
  comment,
  decide,
  openQuestion,
  prepare,
  reading,
  start,
} from '../support/ask.ts';
import { admin, asker, lead } from '../support/cast.ts';
import { eventually } from '../support/eventually.ts';
import { openApproval } from '../support/open-approval.ts';
import { loseOutcome, outcomeUnknown, say, wordOf } from '../support/say-outcome.ts';
import type { TestWorker } from '../support/test-worker.ts';
import { claimsOf, put, signed } from '../support/vote.ts';

/** Plays one story; the handle's history is what is recorded. */
type Scenario = (worker: TestWorker) => Promise<WorkflowHandle>;

const decided =
  (voter: typeof lead, choice: 'approve' | 'reject' | 'withdraw'): Scenario =>
  async (worker) => {
    const { requestId, handle } = await ask(worker, [comment()]);
    await decide(worker, requestId, voter, choice);
    await handle.result();
    return handle;
  };

const resolved =
  (resolution: 'happened' | 'give_up'): Scenario =>
  async (worker) => {
    const asked = await outcomeUnknown(worker);
    await say(worker, asked, wordOf(asked, asker, resolution));
    await asked.handle.result();
    return asked.handle;
  };

const answered =
  (wish: Parameters<typeof ask>[1]): Scenario =>
  async (worker) => {
    const { handle } = await ask(worker, wish);
    await handle.result();
    return handle;
  };

const voted =
  (voter: typeof lead, choice: 'approve' | 'reject' | 'withdraw'): Scenario =>
  async (worker) => {
    const { question, handle } = await openApproval(worker);
    await put(worker.temporal, question, signed(worker.signer, claimsOf(question, voter, choice)));
    await handle.result();
    return handle;
  };

/** One round of upkeep: of one tenant, or of all. */
const upkeep =
  (
    type: string,
    idOf: (tenantId: string, which: string) => string,
    tenantId = installationTenant,
  ): Scenario =>
  (worker) =>
    worker.temporal.as({ tenantId, actorId: 'test', traceId: 'test' }, async (client) => {
      const handle = await client.workflow.start(type, {
        workflowId: idOf(tenantId, `recorded-${worker.taskQueue}`),
        taskQueue: worker.taskQueue,
        args: [{ tenantId }],
      });
      await handle.result();
      return handle;
    });

/** Approves whatever round or sending is open, once it takes votes. */
async function approveNext(worker: TestWorker, requestId: string, closed: string): Promise<void> {
  await eventually(
    () => openQuestion(worker, requestId),
    ({ approvalId }) => approvalId !== closed,
  );
  await eventually(
    () => decide(worker, requestId, admin, 'approve').catch((error: unknown) => String(error)),
    (answer) => typeof answer !== 'string',
  );
}

/** Every way through the workflows that a release has to be able to finish. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  'audit-checkpoint': upkeep(auditCheckpointWorkflowType, auditCheckpointWorkflowId, 'acme'),
  rewrap: upkeep(rewrapWorkflowType, rewrapWorkflowId),
  retention: upkeep(retentionWorkflowType, retentionWorkflowId),
  reconcile: upkeep(reconcileWorkflowType, reconcileWorkflowId),
  'request-answered': answered('list the open issues of acme/website'),
  'request-not-understood': answered('Wie wird das Wetter?'),
  'request-denied': answered('close pull request acme/website#9'),
  'request-planned-already': answered([reading(), reading()]),
  'request-several-stops-at-denied': answered([reading(), closing(), reading()]),
  'request-approved': decided(lead, 'approve'),
  'request-rejected': decided(lead, 'reject'),
  'request-withdrawn': decided(asker, 'withdraw'),
  'request-waiting': async (worker) => (await ask(worker, 'comment on acme/website#7: Fixed')).handle,
  'request-expired': async (worker) => {
    const { handle } = await ask(worker, [comment()], { approvalExpiresMs: 1_000 });
    await handle.result();
    return handle;
  },
  'request-withdrawn-before-start': async (worker) => {
    const prepared = await prepare(worker, 'comment on acme/website#7: too late');
    await worker.stores.requests.withdrawUnstarted('acme', prepared.requestId, asker.userId);
    const handle = await start(worker, prepared);
    await handle.result();
    return handle;
  },
  'request-new-round': async (worker) => {
    const { requestId, handle } = await ask(worker, [comment()]);
    const { approvalId } = await openQuestion(worker, requestId);
    worker.beforeActivity = async (activity) => {
      if (activity === 'act') await worker.stores.people.revoke('acme', lead.userId);
    };
    await decide(worker, requestId, lead, 'approve');
    await approveNext(worker, requestId, approvalId);
    await handle.result();
    return handle;
  },
  'request-sent-twice': async (worker) => {
    const { requestId, handle } = await ask(worker, [comment()]);
    worker.provider.nextSends = ['lost'];
    await decide(worker, requestId, admin, 'approve');
    await handle.result();
    return handle;
  },
  'request-outcome-waiting': async (worker) => (await outcomeUnknown(worker)).handle,
  'request-outcome-happened': resolved('happened'),
  'request-outcome-given-up': resolved('give_up'),
  'request-outcome-send-again': async (worker) => {
    const asked = await outcomeUnknown(worker);
    const { approvalId } = await openQuestion(worker, asked.requestId);
    await say(worker, asked, wordOf(asked, asker, 'send_again'));
    await approveNext(worker, asked.requestId, approvalId);
    await asked.handle.result();
    return asked.handle;
  },
  'request-outcome-expired': async (worker) => {
    const { handle } = await loseOutcome(worker, { resolutionExpiresMs: 1_000 });
    await handle.result();
    return handle;
  },
  'approval-waiting': async (worker) => {
    const { requestId, handle } = await openApproval(worker);
    // Answered only once the first workflow task is done.
    await worker.temporal.as(callerOf(requestId), () => handle.query('state'));
    return handle;
  },
  'approval-approved': voted(lead, 'approve'),
  'approval-rejected': voted(admin, 'reject'),
  'approval-withdrawn': voted(asker, 'withdraw'),
  'approval-expired': async (worker) => {
    const { handle } = await openApproval(worker, { expiresMs: 300 });
    await handle.result();
    return handle;
  },
  'approval-forged-then-approved': async (worker) => {
    const { question, handle } = await openApproval(worker);
    const vote = signed(worker.signer, claimsOf(question, lead, 'approve'));
    await put(worker.temporal, question, { ...vote, signature: 'x' }).catch(() => {});
    await put(worker.temporal, question, signed(worker.signer, claimsOf(question, lead, 'approve')));
    await handle.result();
    return handle;
  },
  'approval-as-child': async (worker) => {
    const { requestId, handle } = await ask(worker, [comment()]);
    const { approvalId, round } = await openQuestion(worker, requestId);
    await decide(worker, requestId, admin, 'approve');
    await handle.result();
    return worker.temporal.client.workflow.getHandle(approvalWorkflowId('acme', approvalId, round));
  },
};
