import type { ApprovalState, AskedAgain, VoteChoice } from '#domain/approval/approval.ts';
import type { Role } from '#domain/person/role.ts';
import type { GeneratedTimestamp, Timestamp } from '../columns.ts';

/** What people are asked, and how they decided. */
export interface ApprovalsTable {
  id: string;
  request_id: string;
  n: number;
  run_id: string;
  round: number;
  state: ApprovalState;
  requester_id: string;
  requester_org_unit: string;
  approver_role: Role;
  approver_org_unit: string;
  action: string;
  target: string;
  preview_ref: string;
  digest: string;
  reason: string;
  policy_applied: string;
  decision_id: string;
  expires_at: Timestamp;
  created_at: GeneratedTimestamp;
  decided_at: Timestamp | null;
  decided_by: string | null;
  decision_reason_ref: string | null;
  asked_again: AskedAgain | null;
}

/** Signed votes, exactly as they were signed. */
export interface ApprovalVotesTable {
  vote_id: string;
  approval_id: string;
  round: number;
  choice: VoteChoice;
  digest: string;
  user_id: string;
  role: Role;
  org_unit: string;
  reason_ref: string | null;
  at: Timestamp;
  key_id: string;
  signature: string;
  version: number | null;
}

export interface ApprovalTables {
  approvals: ApprovalsTable;
  approval_votes: ApprovalVotesTable;
}
