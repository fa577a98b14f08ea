import type { ApprovalView } from '#domain/approval/approval.schema.ts';

/** Approvals that this person may decide now, the one that expires first on top. */
export function toDecide(approvals: readonly ApprovalView[]): ApprovalView[] {
  return approvals
    .filter((approval) => approval.may_decide && approval.state === 'pending')
    .sort((one, other) => Date.parse(one.expires_at) - Date.parse(other.expires_at));
}

/** Other people's approvals that no longer wait, newest first. The person's own are shown with their request. */
export function closed(approvals: readonly ApprovalView[], userId: string): ApprovalView[] {
  return approvals
    .filter((approval) => approval.state !== 'pending' && approval.requester.user_id !== userId)
    .sort((one, other) => closedAt(other) - closedAt(one));
}

/** The list with one approval replaced by its current state. */
export function withApproval(approvals: readonly ApprovalView[], after: ApprovalView): ApprovalView[] {
  return approvals.map((one) => (one.id === after.id ? after : one));
}

/** Those in `now` that can be decided and were not there before. */
export function newcomers(before: readonly ApprovalView[], after: readonly ApprovalView[]): ApprovalView[] {
  const known = new Set(before.map(rowKey));
  return toDecide(after).filter((approval) => !known.has(rowKey(approval)));
}

/** A new round or another digest is another question: nothing typed for the old one is carried over. */
export function rowKey(approval: Pick<ApprovalView, 'id' | 'round' | 'digest'>): string {
  return `${approval.id}:${approval.round}:${approval.digest}`;
}

function closedAt(approval: ApprovalView): number {
  return Date.parse(approval.decided_at ?? approval.expires_at);
}
