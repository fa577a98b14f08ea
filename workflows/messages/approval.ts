import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { ApprovalQuestion, ApprovalResult, SignedVote } from '#domain/approval/approval.ts';
import type { Actor } from '#domain/person/actor.ts';

/** Start arguments of `approval`; recorded histories already have a list of items. */
export interface ApprovalInput {
  question: ApprovalQuestion;
  requester: Actor;
  expiresMs: number;
}

/** Approve or reject. It ends the approval as `withdraw` does, so that only one of them can succeed. */
export const decideApproval = defineUpdate<ApprovalResult, [SignedVote]>('decide');
export const withdrawApproval = defineUpdate<ApprovalResult, [SignedVote]>('withdraw');

export interface ApprovalProgress {
  state: 'pending' | ApprovalResult['outcome'];
  question: ApprovalQuestion;
}

export const approvalProgress = defineQuery<ApprovalProgress>('state');
