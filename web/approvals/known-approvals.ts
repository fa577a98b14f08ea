import type { ApprovalView } from '#domain/approval/approval.schema.ts';

/** What this person may decide now, the one that expires first on top. */
export function toDecide(approvals: readonly ApprovalView[]): ApprovalView[] {
  return approvals
    .filter((approval) => approval.may_decide && approval.state === 'pending')
    .sort((one, other) => Date.parse(one.expires_at) - Date.parse(other.expires_at));
}

/** Other people's that wait no longer, newest first. Own ones stand with their request. */
export function closed(approvals: readonly ApprovalView[], userId: string): ApprovalView[] {
  return approvals
    .filter((approval) => approval.state !== 'pending' && approval.requester.user_id !== userId)
    .sort((one, other) => closedAt(other) - closedAt(one));
}

/** The list with one approval as it is now. */
export function withApproval(approvals: readonly ApprovalView[], now: ApprovalView): ApprovalView[] {
  return approvals.map((one) => (one.id === now.id ? now : one));
}

/** Those in `now` that are to be decided and were not there before. */
export function newcomers(before: readonly ApprovalView[], now: readonly ApprovalView[]): ApprovalView[] {
  const known = new Set(before.map(rowKey));
  return toDecide(now).filter((approval) => !known.has(rowKey(approval)));
}

/** A new round or another digest is another question: nothing typed for the old one carries over. */
export function rowKey(approval: Pick<ApprovalView, 'id' | 'round' | 'digest'>): string {
  return `${approval.id}:${approval.round}:${approval.digest}`;
}

function closedAt(approval: ApprovalView): number {
  return Date.parse(approval.decided_at ?? approval.expires_at);
}
