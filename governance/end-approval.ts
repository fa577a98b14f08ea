import type { ApprovalQuestion } from '#domain/approval/approval.ts';
import { type EndingVerdict, endingVerdict, endsUndone } from '#domain/approval/ending.ts';
import { CodedError } from '#domain/error.ts';
import type { ApprovalClosing, ApprovalStore, StoredApproval } from '#stores/approval/approvals.ts';
import type { BegunEffect, Ledger } from '#stores/audit/ledger.ts';
import type { VoteCheck } from './check-approval.ts';
import { recordedResult } from './perform/recorded-result.ts';

interface EndApprovalOptions {
  approvals: Pick<ApprovalStore, 'get' | 'votes' | 'close'>;
  ledger: Pick<Ledger, 'claimOf'>;
  checkVote: VoteCheck;
}

/** The approval as it is now, and whether it ended like that. */
export interface EndedApproval {
  approval: StoredApproval;
  verdict: EndingVerdict;
}

/**
 * The one way to end an approval; throws `NOT_FOUND`. It looks at votes and at what is claimed first (domain/approval/ending.ts),
 * and the statement that changes the row looks once more at its state, its deadline and its votes.
 */
export type EndApproval = (tenantId: string, id: string, closing: ApprovalClosing) => Promise<EndedApproval>;

export function createEndApproval({ approvals, ledger, checkVote }: EndApprovalOptions): EndApproval {
  return async (tenantId, id, closing) => {
    const { state: to } = closing;
    if (!endsUndone.includes(to)) {
      const approval = await approvals.close(tenantId, id, closing);
      return { approval, verdict: isEndedBy(approval, closing) ? 'ends' : 'stays' };
    }
    const stored = await approvals.get(tenantId, id);
    if (stored === undefined) throw new CodedError('NOT_FOUND');
    const isInFlight = maySend(await ledger.claimOf(tenantId, stored.runId));
    const voidVotes: string[] = [];
    let hasVote = false;
    if (to === 'expired' && stored.state === 'pending') {
      for (const vote of await approvals.votes(tenantId, id)) {
        if ((await checkVote(questionOf(stored), vote)) === null) hasVote = true;
        else voidVotes.push(vote.claims.voteId);
      }
    }
    const verdict = endingVerdict(to, { state: stored.state, isOver: true, hasVote, isInFlight });
    if (verdict !== 'ends') return { approval: stored, verdict };
    const approval = await approvals.close(tenantId, id, { ...closing, voidVotes });
    if (isEndedBy(approval, closing)) return { approval, verdict };
    return { approval, verdict: approval.state === 'pending' ? 'early' : 'stays' };
  };
}

/** Another person's word to the same end is not this one. */
function isEndedBy({ state, decidedBy }: StoredApproval, closing: ApprovalClosing): boolean {
  return state === closing.state && (closing.decidedBy ?? decidedBy) === decidedBy;
}

/** Claimed, and not surely unsent: what was approved happened, or may have, or is being sent just now. */
export function maySend(claim: BegunEffect | null): boolean {
  if (claim === null) return false;
  if (claim.outcome !== null)
    return ['done', 'unknown'].includes(recordedResult.parse(claim.outcome.result).kind);
  return (claim.attempts.at(-1)?.ended ?? null) === null;
}

/** What the approval asks, as votes are checked against it. */
export function questionOf(approval: StoredApproval): ApprovalQuestion {
  const { tenantId, id, round, requesterId, approvers, runId, action, target, digest } = approval;
  return {
    tenantId,
    approvalId: id,
    round,
    requesterId,
    approvers,
    items: [{ runId, action, target, digest }],
    digest,
  };
}

/** Is that what this approval asks? Names of people are left out: they may have been erased from the row since. */
export function isQuestionOf(question: ApprovalQuestion, stored: StoredApproval): boolean {
  const { approvalId, round, digest, approvers, items, tenantId } = question;
  const [item] = items;
  return (
    tenantId === stored.tenantId &&
    approvalId === stored.id &&
    round === stored.round &&
    digest === stored.digest &&
    approvers.role === stored.approvers.role &&
    approvers.orgUnit === stored.approvers.orgUnit &&
    items.length === 1 &&
    item?.runId === stored.runId
  );
}
