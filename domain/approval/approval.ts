import type { Actor } from '../person/actor.ts';
import { orgUnitCovers, type Role, roleAtLeast } from '../person/role.ts';
import type { Approvers } from '../policy/decision.ts';

export type VoteChoice = 'approve' | 'reject' | 'withdraw';

/** The version of what is signed in a vote; whoever adds to it counts on. */
export const voteVersion = 1;

/** What a vote says; the gateway signs exactly this, as canonical JSON. */
export interface VoteClaims {
  /** Absent in votes from before there were versions, which read the same. */
  version?: number;
  /** `vot_…`; also the update id, so that a repeated click is the same vote. */
  voteId: string;
  tenantId: string;
  approvalId: string;
  round: number;
  choice: VoteChoice;
  /** Decision digest that the voter was shown. */
  digest: string;
  userId: string;
  role: Role;
  orgUnit: string;
  /** Content row with the reason; `null` when none was given. */
  reasonRef: string | null;
  /** ISO 8601: when the gateway accepted the vote. */
  at: string;
}

/** A vote with the gateway's signature (Ed25519, base64url) and the id of the key. */
export interface SignedVote {
  claims: VoteClaims;
  keyId: string;
  signature: string;
}

/** What one approval is about: references and digests, no bodies. */
export interface ApprovalItem {
  /** Action run id `<requestId>/<n>`. */
  runId: string;
  action: string;
  target: string;
  digest: string;
}

/** Everything a vote is checked against. */
export interface ApprovalQuestion {
  tenantId: string;
  approvalId: string;
  round: number;
  requesterId: string;
  approvers: Approvers;
  items: readonly ApprovalItem[];
  /** Decision digest over all items. */
  digest: string;
}

export type ApprovalOutcome = Exclude<ApprovalState, 'pending' | 'stale' | 'consumed'>;

/** The most approvals that one call answers. */
export const approvalPageMax = 100;

/** States of an approval, as people see them. */
export const approvalStates = [
  'pending',
  'approved',
  'rejected',
  'withdrawn',
  'expired',
  'stale',
  'consumed',
] as const;

export type ApprovalState = (typeof approvalStates)[number];

/** Why people are asked once more about the same action. */
export const askedAgainCodes = ['vote_void', 'named_time', 'send_again', 'lost'] as const;

export type AskedAgain = (typeof askedAgainCodes)[number];

const askedAgainTexts: Record<AskedAgain, string> = {
  vote_void: 'An earlier vote no longer counts: whoever gave it may not decide this now.',
  named_time:
    'The provider takes no call before the time that it named, and the approval before did not last until then.',
  send_again: 'Its outcome was not known, and a person said to send it again.',
  lost: 'It had been decided, but the work was interrupted before it was sent.',
};

/** The same in words. */
export function askedAgainText(why: AskedAgain): string {
  return askedAgainTexts[why];
}

/** The result of the approval workflow, on which the request acts. */
export interface ApprovalResult {
  outcome: ApprovalOutcome;
  votes: readonly SignedVote[];
}

/** Milliseconds after the last vote within which the effect has to start. */
export const effectWindowMs = 15 * 60_000;

/** … and after the time that the provider named, where it named one. */
export const startGraceMs = 5 * 60_000;

/**
 * Until when the effect may start: fifteen minutes after the last vote, or, where the provider named a time, a little
 * after that, but then never past the approval's own end (`expiresAt`).
 */
export function effectDeadline(
  votes: readonly SignedVote[],
  { expiresAt, namedTime }: { expiresAt: Date; namedTime: Date | null },
): Date {
  const lastVote = Math.max(...votes.map(({ claims }) => Date.parse(claims.at)));
  const named = namedTime === null ? 0 : Math.min(namedTime.getTime() + startGraceMs, expiresAt.getTime());
  return new Date(Math.max(lastVote + effectWindowMs, named));
}

/**
 * Why a vote doesn't count, or `undefined` when it does. Pure: used by the workflow, the gateway and `perform` alike.
 */
export function voteRefusal(question: ApprovalQuestion, claims: VoteClaims): VoteRefusal | undefined {
  // A vote of a later version may say what this one doesn't know: it proves nothing here.
  if (claims.version !== undefined && claims.version !== voteVersion) return 'VOTE_SIGNATURE_INVALID';
  if (claims.tenantId !== question.tenantId) return 'TENANT_MISMATCH';
  if (claims.approvalId !== question.approvalId || claims.round !== question.round)
    return 'APPROVAL_NOT_PENDING';
  if (claims.digest !== question.digest) return 'APPROVAL_DIGEST_MISMATCH';
  if (claims.choice === 'withdraw') {
    return claims.userId === question.requesterId ? undefined : 'APPROVAL_NOT_ALLOWED';
  }
  if (claims.userId === question.requesterId) return 'APPROVAL_OWN_REQUEST';
  return mayDecide(question.approvers, claims) ? undefined : 'APPROVAL_NOT_ALLOWED';
}

export type VoteRefusal =
  | 'VOTE_SIGNATURE_INVALID'
  | 'TENANT_MISMATCH'
  | 'APPROVAL_NOT_PENDING'
  | 'APPROVAL_DIGEST_MISMATCH'
  | 'APPROVAL_OWN_REQUEST'
  | 'APPROVAL_NOT_ALLOWED';

/** Who may decide what this person asks for (spec/decisions.md 35). */
export function approversFor({ orgUnit }: Pick<Actor, 'orgUnit'>): Approvers {
  return { role: 'team_lead', orgUnit };
}

/** May this person say what became of an unknown outcome? The requester may, and anybody who may approve for them. */
export function mayResolve(requester: Pick<Actor, 'userId' | 'orgUnit'>, person: Actor): boolean {
  return person.userId === requester.userId || mayDecide(approversFor(requester), person);
}

/**
 * The role is high enough, and the person's unit covers the requester's or is the same; enterprise admins cover all.
 */
export function mayDecide(approvers: Approvers, person: Pick<Actor, 'role' | 'orgUnit'>): boolean {
  if (!roleAtLeast(person.role, approvers.role)) return false;
  return person.role === 'enterprise_admin' || orgUnitCovers(person.orgUnit, approvers.orgUnit);
}
