import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowUpdateStage } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { VoteChoice } from '#domain/approval/approval.ts';
import { approvalWorkflowId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import { decideApproval, withdrawApproval } from '#workflows/messages/approval.ts';
import { audited } from '../support/ask.ts';
import { admin, asker, lead, signIn } from '../support/cast.ts';
import { type OpenApproval, openApproval, stateOf } from '../support/open-approval.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';
import { claimsOf, put, signed } from '../support/vote.ts';

const repeats = 12;

let worker: TestWorker;

beforeAll(async () => {
  worker = await startTestWorker();
  await signIn(worker.stores, asker, lead, admin);
});
afterEach(() => {
  worker.beforeActivity = async () => {};
});
afterAll(() => worker?.close());

const voteOf = ({ question }: OpenApproval, [voter, choice]: [Actor, VoteChoice]) =>
  signed(worker.signer, claimsOf(question, voter, choice));

describe('at the same moment', () => {
  it.each<{ name: string; both: [Actor, VoteChoice][] }>([
    {
      name: 'two approvers',
      both: [
        [lead, 'approve'],
        [admin, 'approve'],
      ],
    },
    {
      name: 'approve and reject',
      both: [
        [lead, 'approve'],
        [admin, 'reject'],
      ],
    },
    {
      name: 'approve and withdraw',
      both: [
        [lead, 'approve'],
        [asker, 'withdraw'],
      ],
    },
  ])('$name: exactly one counts, every time', async ({ both }) => {
    const winners: string[] = [];
    for (let run = 0; run < repeats; run += 1) {
      const open = await openApproval(worker);
      const votes = both.toSorted(() => (run % 2 === 0 ? 1 : -1)).map((vote) => voteOf(open, vote));
      const answers = await Promise.allSettled(
        votes.map((vote) => put(worker.temporal, open.question, vote)),
      );
      const counted = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
      expect(counted).toHaveLength(1);
      const { outcome } = await open.handle.result();
      expect(counted[0]).toMatchObject({ outcome });
      expect(await stateOf(worker, open)).toBe(outcome);
      expect(await worker.stores.approvals.votes('acme', open.question.approvalId)).toHaveLength(1);
      winners.push(outcome);
    }
    expect(winners).toHaveLength(repeats);
  });
});

describe('while another vote is being verified', () => {
  /** Puts votes, one after the other, so that all are accepted before the first is verified; then lets them go on. */
  const putAtOnce = async (open: OpenApproval, votes: readonly ReturnType<typeof voteOf>[]) => {
    const gate = Promise.withResolvers<void>();
    worker.beforeActivity = () => gate.promise;
    const { tenantId, approvalId, round } = open.question;
    const caller = { tenantId, actorId: 'several', traceId: open.requestId };
    const answers: Promise<unknown>[] = [];
    for (const vote of votes) {
      const accepted = await worker.temporal.as(caller, (client) =>
        client.workflow
          .getHandle(approvalWorkflowId(tenantId, approvalId, round))
          .startUpdate(vote.claims.choice === 'withdraw' ? withdrawApproval : decideApproval, {
            args: [vote],
            waitForStage: WorkflowUpdateStage.ACCEPTED,
            updateId: vote.claims.voteId,
          }),
      );
      answers.push(accepted.result());
    }
    return { letGo: gate.resolve, answers };
  };

  it('those who wait go one by one: of three, with the first forged, exactly one counts', async () => {
    const open = await openApproval(worker);
    const unsigned = { ...voteOf(open, [lead, 'approve']), signature: 'x' };
    const others = [voteOf(open, [lead, 'approve']), voteOf(open, [admin, 'reject'])];
    const { letGo, answers } = await putAtOnce(open, [unsigned, ...others]);
    letGo();
    const settled = await Promise.allSettled(answers);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { outcome, votes } = await open.handle.result();
    expect(votes).toHaveLength(1);
    expect(await stateOf(worker, open)).toBe(outcome);
    expect(await worker.stores.approvals.votes('acme', open.question.approvalId)).toHaveLength(1);
  });

  it('time runs out: when the vote that was being verified does not hold, none that waited counts', async () => {
    const open = await openApproval(worker, { expiresMs: 5_000 });
    const unsigned = { ...voteOf(open, [lead, 'approve']), signature: 'x' };
    const { letGo, answers } = await putAtOnce(open, [unsigned, voteOf(open, [admin, 'approve'])]);
    const settled = Promise.allSettled(answers);
    await timeIsOver(open);
    letGo();
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await open.handle.result()).toMatchObject({ outcome: 'expired', votes: [] });
    expect(await stateOf(worker, open)).toBe('expired');
    expect(await audited(worker, open.requestId)).toEqual([
      'approval.voted denied',
      'approval.expired denied',
    ]);
  });

  it('time runs out: the vote that was being verified and holds still counts', async () => {
    const open = await openApproval(worker, { expiresMs: 5_000 });
    const { letGo, answers } = await putAtOnce(open, [voteOf(open, [admin, 'approve'])]);
    await timeIsOver(open);
    letGo();
    expect(await Promise.all(answers)).toMatchObject([{ outcome: 'approved' }]);
    expect(await open.handle.result()).toMatchObject({ outcome: 'approved' });
    expect(await audited(worker, open.requestId)).toEqual(['approval.voted success']);
  });

  /** Waits until the workflow itself has seen that its time is over. */
  async function timeIsOver({ handle }: OpenApproval): Promise<void> {
    for (;;) {
      const { events = [] } = await handle.fetchHistory();
      const fired = events?.findIndex((event) => event.timerFiredEventAttributes) ?? -1;
      const since = fired < 0 ? [] : (events ?? []).slice(fired);
      if (since.some((event) => event.workflowTaskCompletedEventAttributes)) return;
      await sleep(100);
    }
  }
});
