import type { ApprovalQuestion, SignedVote } from '#domain/approval/approval.ts';
import { CodedError } from '#domain/error.ts';
import { positionOfActionRun, requestOfActionRun, sendingOfActionRun } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import { nobody } from '#domain/person/nobody.ts';
import type { VoteCheck, VoteProblem } from '#governance/check-approval.ts';
import { type EndApproval, isQuestionOf } from '#governance/end-approval.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { ApprovalStore, StoredApproval } from '#stores/approval/approvals.ts';
import type { RequestStore } from '#stores/request/requests.ts';
import { comeBack } from '../come-back.ts';
import { notSo } from '../not-so.ts';

interface ApprovalActivityOptions {
  approvals: ApprovalStore;
  requests: RequestStore;
  checkVote: VoteCheck;
  endApproval: EndApproval;
  recordEvent: RecordEvent;
}

const closedAs = { approve: 'approved', reject: 'rejected', withdraw: 'withdrawn' } as const;

/**
 * Verifies a vote, records it and closes the approval with it. Returns `null` when the vote counts, else why it
 * doesn't. Safe to repeat.
 */
export function createCountVote(
  options: ApprovalActivityOptions,
): (question: ApprovalQuestion, vote: SignedVote) => Promise<VoteProblem | null> {
  return async (question, vote) => {
    const { claims } = vote;
    const { tenantId, userId, role, orgUnit, choice, reasonRef } = claims;
    const state = closedAs[choice];
    await askedNow(options, question);
    const problem = await options.checkVote(question, vote);
    const isSound = problem === null || problem === 'APPROVAL_NOT_ALLOWED';
    if (isSound && (await hasClosed(options, question, vote))) {
      if (state !== 'approved') await endActions(options, question, state);
      return null;
    }
    // A vote whose signature isn't valid proves nothing about its author: the entry names nobody and belongs to the
    // requester's tenant.
    const voter: Actor =
      problem === 'VOTE_SIGNATURE_INVALID'
        ? nobody(question.tenantId)
        : { tenantId: question.tenantId, userId, role, orgUnit };
    const recordVoted = (error: VoteProblem | null) =>
      options.recordEvent(voter, {
        event: 'approval.voted',
        detail: `${choice} ${question.approvalId}`,
        outcome: error === null ? 'success' : 'denied',
        requestId: requestOf(question),
        metadata: { ...metadataOf(question), vote_id: claims.voteId, error },
        // A refused vote may count later, once the voter's rights have been confirmed: that is a second entry.
        dedupeKey: `vote:${claims.voteId}:${error ?? 'counts'}`,
      });
    await recordVoted(problem);
    if (problem !== null) return problem;
    if (!(await isKept(options, vote))) {
      // The voter was erased between the check above and here, so the entry names nobody.
      await options.recordEvent(nobody(question.tenantId), {
        event: 'approval.voted',
        detail: `${choice} ${question.approvalId}`,
        outcome: 'denied',
        requestId: requestOf(question),
        metadata: { ...metadataOf(question), vote_id: claims.voteId, error: 'APPROVAL_NOT_ALLOWED' },
        dedupeKey: `vote:${claims.voteId}:erased`,
      });
      return 'APPROVAL_NOT_ALLOWED';
    }
    const closing = { state, decidedBy: userId, reasonRef } as const;
    const { verdict } = await options.endApproval(tenantId, question.approvalId, closing);
    if (verdict !== 'ends') {
      // Something else ended it between the look at the vote and here.
      await recordVoted('APPROVAL_NOT_PENDING');
      return 'APPROVAL_NOT_PENDING';
    }
    if (state !== 'approved') await endActions(options, question, state);
    return null;
  };
}

/**
 * True when an earlier attempt has already closed the approval with this vote and only its answer was lost. Nothing
 * that happened to the voter since, not even an erasure, undoes that: else the approval would stay open for the
 * workflow while everybody else sees it decided.
 */
async function hasClosed(
  { approvals }: ApprovalActivityOptions,
  { tenantId, approvalId }: ApprovalQuestion,
  { claims, signature }: SignedVote,
): Promise<boolean> {
  const approval = await approvals.get(tenantId, approvalId);
  if (approval?.state !== closedAs[claims.choice]) return false;
  const votes = await approvals.votes(tenantId, approvalId);
  // Compared by signature, which covers the whole vote: the voter's name may have been erased from the row.
  return votes.some((known) => known.claims.voteId === claims.voteId && known.signature === signature);
}

/** Stores the vote; false when its voter is no longer known. */
async function isKept({ approvals }: ApprovalActivityOptions, vote: SignedVote): Promise<boolean> {
  try {
    await approvals.recordVote(vote.claims.tenantId, vote);
    return true;
  } catch (error) {
    if (error instanceof CodedError && error.code === 'APPROVAL_NOT_ALLOWED') return false;
    throw error;
  }
}

/**
 * Closes an approval that nobody decided in time, which is for the database's clock to say, its votes and what is claimed;
 * never for whoever calls.
 */
export function createExpireApproval(
  options: ApprovalActivityOptions,
): (requester: Actor, question: ApprovalQuestion) => Promise<void> {
  return async (requester, question) => {
    const { tenantId, approvalId, round } = question;
    const asked = await askedNow(options, question);
    if (requester.userId !== asked.requesterId || requester.tenantId !== tenantId)
      throw notSo('somebody else asked');
    const { approval, verdict } = await options.endApproval(tenantId, approvalId, { state: 'expired' });
    switch (verdict) {
      case 'voted':
      case 'in flight':
        throw notSo(`it does not expire: ${verdict}`);
      case 'early':
        // Clocks differ. However far they are apart, it is looked at again until it is time.
        throw comeBack(new CodedError('APPROVAL_NOT_PENDING'), pauseUntil(approval.expiresAt));
      case 'stays':
        if (approval.state === 'stale') return;
        if (approval.state !== 'expired') throw notSo(`it does not expire: it is ${approval.state}`);
        break;
      case 'ends':
        break;
    }
    await options.recordEvent(requester, {
      event: 'approval.expired',
      detail: `no decision on ${approvalId} in time`,
      outcome: 'denied',
      requestId: requestOf(question),
      metadata: metadataOf(question),
      dedupeKey: `expired:${approvalId}:${round}`,
    });
    await endActions(options, question, 'expired');
  };
}

/** The approval that the question is of; one that was never asked, or differently, is none. */
async function askedNow(
  { approvals }: ApprovalActivityOptions,
  question: ApprovalQuestion,
): Promise<StoredApproval> {
  const stored = await approvals.get(question.tenantId, question.approvalId);
  if (stored === undefined || !isQuestionOf(question, stored)) throw notSo('nobody asked that');
  return stored;
}

/** Between half a second and half a minute. */
function pauseUntil(time: string): number {
  return Math.min(30_000, Math.max(500, Date.parse(time) - Date.now()));
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
