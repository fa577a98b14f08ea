import type { ApprovalView } from '../api/types.ts';

interface Grouped {
  /** Those this person may decide now, the one that expires first on top. */
  toDecide: ApprovalView[];
  /** Other people's, already closed, newest first. */
  closed: ApprovalView[];
}

/** A person's approvals, as the page shows them. Own requests are left out: they stand with the request. */
export function grouped(approvals: readonly ApprovalView[], userId: string): Grouped {
  const others = approvals.filter((approval) => approval.requester.user_id !== userId);
  const toDecide = approvals.filter((approval) => approval.may_decide && approval.state === 'pending');
  const closed = others.filter((approval) => approval.state !== 'pending');
  return {
    toDecide: toDecide.sort((one, other) => Date.parse(one.expires_at) - Date.parse(other.expires_at)),
    closed: closed.sort((one, other) => closedAt(other) - closedAt(one)),
  };
}

/** The list with one approval as it is now. */
export function withApproval(approvals: readonly ApprovalView[], now: ApprovalView): ApprovalView[] {
  return approvals.map((one) => (one.id === now.id ? now : one));
}

/** How many in `now` are to be decided that were not there before. */
export function newcomers(before: readonly ApprovalView[], now: readonly ApprovalView[]): ApprovalView[] {
  const known = new Set(before.map(rowKey));
  return now.filter(
    (approval) => approval.may_decide && approval.state === 'pending' && !known.has(rowKey(approval)),
  );
}

/** A new round or another digest is another question: nothing typed for the old one carries over. */
export function rowKey(approval: Pick<ApprovalView, 'id' | 'round' | 'digest'>): string {
  return `${approval.id}:${approval.round}:${approval.digest}`;
}

function closedAt(approval: ApprovalView): number {
  return Date.parse(approval.decided_at ?? approval.expires_at);
}
