import {
  type ApprovalQuestion,
  effectDeadline,
  mayDecide,
  type SignedVote,
  type VoteRefusal,
  voteRefusal,
} from '#domain/approval/approval.ts';
import type { Verifier } from '#platform/crypto/signature.ts';
import type { RightsNow } from './person/rights-now.ts';

interface CheckOptions {
  verify: Verifier;
  rightsNow: RightsNow;
}

export type VoteCheck = (question: ApprovalQuestion, vote: SignedVote) => Promise<VoteProblem | null>;

export type VoteProblem = VoteRefusal;

/**
 * The one check of a vote: why it doesn't count now, or `null`. Checks the gateway's signature, what the vote says, and
 * the voter's rights, for which the identity provider is asked each time.
 */
export function createVoteCheck({ verify, rightsNow }: CheckOptions): VoteCheck {
  return async (question, vote) => {
    const { claims, keyId, signature } = vote;
    if (!verify(claims, keyId, signature)) return 'VOTE_SIGNATURE_INVALID';
    const refusal = voteRefusal(question, claims);
    if (refusal !== undefined) return refusal;
    if (claims.choice === 'withdraw') return null;
    const rights = await rightsNow(claims.tenantId, claims.userId);
    return rights !== undefined && mayDecide(question.approvers, rights) ? null : 'APPROVAL_NOT_ALLOWED';
  };
}

/** `void`: a vote no longer counts, so people are asked again. `late`: the time for the effect is over. */
export type ApprovalCheck = { holds: true; actBefore: Date } | { holds: false; why: 'void' | 'late' };

/** When the approval ends, and the time that the provider named, if it did. */
type Times = Parameters<typeof effectDeadline>[1];

/** The last check before the effect: every vote again, and the time since the last of them. */
export async function checkApproval(
  check: VoteCheck,
  question: ApprovalQuestion,
  votes: readonly SignedVote[],
  at: Date,
  times: Times = { expiresAt: at, namedTime: null },
): Promise<ApprovalCheck> {
  if (votes.length === 0) return { holds: false, why: 'void' };
  for (const vote of votes) {
    const problem = vote.claims.choice === 'approve' ? await check(question, vote) : 'APPROVAL_NOT_ALLOWED';
    if (problem !== null) return { holds: false, why: 'void' };
  }
  const actBefore = effectDeadline(votes, times);
  return at < actBefore ? { holds: true, actBefore } : { holds: false, why: 'late' };
}
