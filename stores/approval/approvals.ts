import type { ApprovalState, AskedAgain, SignedVote } from '#domain/approval/approval.ts';
import type { ApprovalEnding } from '#domain/approval/ending.ts';
import type { Classification } from '#domain/classification/classification.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Approvers } from '#domain/policy/decision.ts';
import type { Wait } from '#domain/request/request.ts';

/** An approval as it is stored. Times are ISO 8601. */
export interface StoredApproval {
  id: string;
  tenantId: string;
  requestId: string;
  n: number;
  runId: string;
  round: number;
  state: ApprovalState;
  requesterId: string;
  requesterOrgUnit: string;
  approvers: Approvers;
  action: string;
  target: string;
  /** The content row with exactly what would be done. */
  previewRef: string;
  digest: string;
  /** Why it needs a person's approval. */
  reason: string;
  policyApplied: string;
  decisionId: string;
  expiresAt: string;
  createdAt: string;
  decidedAt: string | null;
  decidedBy: string | null;
  decisionReasonRef: string | null;
  /** Why people are asked once more; `null` the first time. */
  askedAgain: AskedAgain | null;
}

export interface NewApproval {
  id: string;
  requestId: string;
  n: number;
  runId: string;
  round: number;
  requesterId: string;
  requesterOrgUnit: string;
  approvers: Approvers;
  action: string;
  target: string;
  /** JSON value; sealed into a content row. */
  preview: unknown;
  classification: Classification;
  digest: string;
  reason: string;
  policyApplied: string;
  decisionId: string;
  expiresAt: string;
  askedAgain?: AskedAgain | null;
  /** Until when nothing may be sent, however soon people decide. */
  waits?: Wait | null;
}

export interface ApprovalFilter {
  state?: ApprovalState;
  /** The person whose list it is: approvals they may decide by role and unit, and those of their own requests. */
  forPerson: Actor;
  limit: number;
}

export interface ApprovalClosing {
  state: ApprovalEnding;
  /** Nobody, where it is left out. */
  decidedBy?: string | null;
  reasonRef?: string | null;
  /** For `expired`: ids of votes that were looked at and don't count. */
  voidVotes?: readonly string[];
}

export interface ApprovalStore {
  /**
   * Idempotent on (runId, round): returns the stored row. In the same transaction, action and request become waiting,
   * and the action takes over the run's sending.
   */
  open(tenantId: string, approval: NewApproval): Promise<StoredApproval>;
  get(tenantId: string, id: string): Promise<StoredApproval | undefined>;
  /** Newest first. */
  list(tenantId: string, filter: ApprovalFilter): Promise<StoredApproval[]>;
  /** Approved, and not carried out yet; oldest first, after this approval id. */
  approved(tenantId: string, page: { after: string; limit: number }): Promise<StoredApproval[]>;
  /** In the order in which they were cast. */
  votes(tenantId: string, id: string): Promise<SignedVote[]>;
  /**
   * False when this vote id is on record already. Throws `TENANT_MISMATCH`, `NOT_FOUND`, and `APPROVAL_NOT_ALLOWED` for
   * an unknown voter: never seen, or erased.
   */
  recordVote(tenantId: string, vote: SignedVote): Promise<boolean>;
  /** Sets a later deadline; an approval that is decided keeps its own. */
  prolong(tenantId: string, id: string, expiresAt: string): Promise<void>;
  /**
   * pending → decided; approved → consumed, stale or withdrawn; anything else stays, and so does what may not expire yet.
   * Returns the row as it is now. Only governance/end-approval.ts calls it: it looks at claims first.
   */
  close(tenantId: string, id: string, closing: ApprovalClosing): Promise<StoredApproval>;
}
