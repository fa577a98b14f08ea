import type { Origin } from '#domain/action/action.ts';
import type { ApprovalQuestion, SignedVote } from '#domain/approval/approval.ts';
import type { Actor } from '#domain/person/actor.ts';

/** What `act` is asked to do: one action, with the approval that it waited for if there was one. */
export interface ActInput {
  actor: Actor;
  requestId: string;
  n: number;
  /** 1, or higher: of two, this and that of the row, the higher counts. */
  sending: number;
  action: string;
  inputRef: string;
  inputDigest: string;
  target: string;
  origin: Origin;
  approvalExpiresMs: number;
  /** How often it has waited for a time that the provider named. */
  waited?: number;
  approval?: { question: ApprovalQuestion; votes: readonly SignedVote[] };
}

/** How the action ended, or what it waits for. */
export type ActResult =
  | { kind: 'done' | 'denied' | 'rejected' | 'withdrawn' | 'stale' | 'expired' | 'failed' }
  | { kind: 'outcome_unknown'; runId: string }
  /**
   * Its tenant is suspended: nothing was done, and it has to be called again later. The word is in recorded histories.
   */
  | { kind: 'held' }
  /** Nothing was sent, and the provider takes no call for so many milliseconds: it has to be called again then. */
  | { kind: 'waits'; ms: number }
  /** `expiresMs`: how long people have; absent in older histories, where it is `approvalExpiresMs` of the request. */
  | { kind: 'needs_approval'; question: ApprovalQuestion; expiresMs?: number };
