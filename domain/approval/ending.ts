import type { ApprovalState } from './approval.ts';

export type ApprovalEnding = Exclude<ApprovalState, 'pending'>;

/** How an approval stands when somebody wants to end it. */
export interface ApprovalStanding {
  state: ApprovalState;
  /** Its deadline has passed, by the database's clock. */
  isOver: boolean;
  /** A vote on record counts now. */
  hasVote: boolean;
  /** Its effect is claimed, and happened, or may have or still may. */
  isInFlight: boolean;
}

/** `ends`, or why it doesn't: it isn't in a state to, somebody has voted, its effect is in flight, it is too early. */
export type EndingVerdict = 'ends' | 'stays' | 'voted' | 'in flight' | 'early';

/** The states from which an approval may change into each. What is approved never expires: it goes stale at most. */
export const endsFrom: Readonly<Record<ApprovalEnding, readonly ApprovalState[]>> = {
  approved: ['pending'],
  rejected: ['pending'],
  withdrawn: ['pending', 'approved'],
  expired: ['pending'],
  stale: ['pending', 'approved'],
  consumed: ['approved'],
};

/** Endings that say "this was not done": none of them while it may be, or was. */
export const endsUndone: readonly ApprovalEnding[] = ['rejected', 'withdrawn', 'expired', 'stale'];

/** May the approval end like this? The one rule, whoever asks: time, a vote, a withdrawal, a change, a lost right. */
export function endingVerdict(to: ApprovalEnding, is: ApprovalStanding): EndingVerdict {
  if (!endsFrom[to].includes(is.state)) return 'stays';
  if (endsUndone.includes(to) && is.isInFlight) return 'in flight';
  if (to !== 'expired') return 'ends';
  if (is.hasVote) return 'voted';
  return is.isOver ? 'ends' : 'early';
}
