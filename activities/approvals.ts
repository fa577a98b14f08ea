import type { Actor } from '#domain/actor.ts';
import type { ApprovalQuestion, SignedVote } from '#domain/approval.ts';
import { CodedError } from '#domain/error.ts';
import { positionOfActionRun, requestOfActionRun, sendingOfActionRun } from '#domain/ids.ts';
import type { VoteCheck, VoteProblem } from '#governance/check-approval.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { ApprovalStore } from '#stores/approvals.ts';
import type { RequestStore } from '#stores/requests.ts';
import { nobody } from './nobody.ts';

interface ApprovalActivityOptions {
  approvals: ApprovalStore;
  requests: RequestStore;
  checkVote: VoteCheck;
  recordEvent: RecordEvent;
}

const closedAs = { approve: 'approved', reject: 'rejected', withdraw: 'withdrawn' } as const;

/** Verifies a vote, puts it on record and closes the question with it; `null` when it counts. */
export function createCountVote(
  options: ApprovalActivityOptions,
): (question: ApprovalQuestion, vote: SignedVote) => Promise<VoteProblem | null> {
  return async (question, vote) => {
    const { claims } = vote;
    const { tenantId, userId, role, orgUnit, choice, reasonRef } = claims;
    const problem = await options.checkVote(question, vote);
    // A vote without a valid signature names nobody: it is put on record against the requester's tenant only.
    const voter: Actor =
      problem === 'VOTE_SIGNATURE_INVALID'
        ? nobody(question.tenantId)
        : { tenantId: question.tenantId, userId, role, orgUnit };
    await options.recordEvent(voter, {
      event: 'approval.voted',
      detail: `${choice} ${question.approvalId}`,
      outcome: problem === null ? 'success' : 'denied',
      requestId: requestOf(question),
      metadata: { ...metadataOf(question), vote_id: claims.voteId, error: problem },
      // A vote that was refused may count later, when the voter's rights are confirmed again.
      dedupeKey: `vote:${claims.voteId}:${problem ?? 'counts'}`,
    });
    if (problem !== null) return problem;
    const state = closedAs[choice];
    await options.approvals.recordVote(tenantId, vote);
    await options.approvals.close(tenantId, question.approvalId, { state, decidedBy: userId, reasonRef });
    if (state !== 'approved') await endActions(options, question, state);
    return null;
  };
}

/** Nobody decided in time. */
export function createExpireApproval(
  options: ApprovalActivityOptions,
): (actor: Actor, question: ApprovalQuestion) => Promise<void> {
  return async (actor, question) => {
    await options.recordEvent(actor, {
      event: 'approval.expired',
      detail: `no decision on ${question.approvalId} in time`,
      outcome: 'denied',
      requestId: requestOf(question),
      metadata: metadataOf(question),
      dedupeKey: `expired:${question.approvalId}:${question.round}`,
    });
    const closing = { state: 'expired', decidedBy: null, reasonRef: null } as const;
    await options.approvals.close(question.tenantId, question.approvalId, closing);
    await endActions(options, question, 'expired');
  };
}

async function endActions(
  { requests }: ApprovalActivityOptions,
  { tenantId, items }: ApprovalQuestion,
  state: 'rejected' | 'withdrawn' | 'expired',
): Promise<void> {
  for (const { runId } of items) {
    await requests.finishAction(tenantId, {
      requestId: requestOfActionRun(runId),
      n: positionOfActionRun(runId),
      sending: sendingOfActionRun(runId),
      state,
      ...(state === 'expired' ? { errorCode: 'APPROVAL_EXPIRED' as const } : {}),
    });
  }
}

function requestOf({ items }: ApprovalQuestion): string {
  const [first] = items;
  if (first === undefined) throw new CodedError('INTERNAL', { message: 'an approval about nothing' });
  return requestOfActionRun(first.runId);
}

function metadataOf({ approvalId, round, digest }: ApprovalQuestion) {
  return { approval_id: approvalId, round, digest };
}
