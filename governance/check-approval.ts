import {
  type ApprovalQuestion,
  effectWindowMs,
  mayDecide,
  type SignedVote,
  type VoteRefusal,
  voteRefusal,
} from '#domain/approval/approval.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Verifier } from '#platform/crypto/signature.ts';
import type { PeopleStore, PersonRights } from '#stores/person/people.ts';
import type { ConfirmRights } from './person/confirm-rights.ts';

export interface RightsOptions {
  people: PeopleStore;
  now: () => Date;
  /** Milliseconds after which last-seen rights no longer count. */
  rightsMaxAgeMs: number;
  /** Asks the identity provider first; without it, what was seen last counts. */
  confirm?: Pick<ConfirmRights, 'ofPerson'> | undefined;
}

interface CheckOptions extends RightsOptions {
  verify: Verifier;
}

/**
 * Rights as the identity provider confirms them now or, where it can't be asked, as last seen. `undefined`: never seen,
 * revoked, withdrawn, or seen too long ago. Who can't be confirmed doesn't count.
 */
export async function confirmedRights(
  { people, now, rightsMaxAgeMs, confirm }: RightsOptions,
  tenantId: string,
  userId: string,
): Promise<Actor | undefined> {
  await confirm?.ofPerson(tenantId, userId);
  const rights = await people.rights(tenantId, userId);
  if (rights === undefined || rights.revokedAt !== null || rights.withdrawnAt !== null) return undefined;
  if (now().getTime() - Date.parse(rights.seenAt) > rightsMaxAgeMs) return undefined;
  return actorOf(rights);
}

function actorOf({ tenantId, userId, role, orgUnit }: PersonRights): Actor {
  return { tenantId, userId, role, orgUnit };
}

export type VoteCheck = (question: ApprovalQuestion, vote: SignedVote) => Promise<VoteProblem | null>;

export type VoteProblem = VoteRefusal | 'VOTE_SIGNATURE_INVALID';

/** Why a vote doesn't count now, or `null`: the gateway's signature, what it says, and the voter's rights today. */
export function createVoteCheck(options: CheckOptions): VoteCheck {
  return async (question, vote) => {
    const { claims, keyId, signature } = vote;
    if (!options.verify(claims, keyId, signature)) return 'VOTE_SIGNATURE_INVALID';
    const refusal = voteRefusal(question, claims);
    if (refusal !== undefined) return refusal;
    if (claims.choice === 'withdraw') return null;
    const rights = await confirmedRights(options, claims.tenantId, claims.userId);
    return rights !== undefined && mayDecide(question.approvers, rights) ? null : 'APPROVAL_NOT_ALLOWED';
  };
}

/** `void`: a vote no longer holds, so a new round is asked. `late`: the time for the effect is over. */
export type ApprovalCheck = { holds: true; actBefore: Date } | { holds: false; why: 'void' | 'late' };

/** The last check before the effect: every vote again, and the time since the last one. */
export async function checkApproval(
  check: VoteCheck,
  question: ApprovalQuestion,
  votes: readonly SignedVote[],
  now: Date,
): Promise<ApprovalCheck> {
  if (votes.length === 0) return { holds: false, why: 'void' };
  for (const vote of votes) {
    const problem = vote.claims.choice === 'approve' ? await check(question, vote) : 'APPROVAL_NOT_ALLOWED';
    if (problem !== null) return { holds: false, why: 'void' };
  }
  const lastVote = Math.max(...votes.map(({ claims }) => Date.parse(claims.at)));
  const actBefore = new Date(lastVote + effectWindowMs);
  return now < actBefore ? { holds: true, actBefore } : { holds: false, why: 'late' };
}
