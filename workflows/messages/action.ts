import type { Origin } from '#domain/action/action.ts';
import type { ApprovalQuestion, SignedVote } from '#domain/approval/approval.ts';
import type { Actor } from '#domain/person/actor.ts';

/** What `act` is asked to do: one action, perhaps with the approval that it waited for. */
export interface ActInput {
  actor: Actor;
  requestId: string;
  n: number;
  /** 1, or higher where a person said: send again. */
  sending: number;
  action: string;
  inputRef: string;
  inputDigest: string;
  target: string;
  origin: Origin;
  approvalExpiresMs: number;
  approval?: { question: ApprovalQuestion; votes: readonly SignedVote[] };
}

/** What became of it. */
export type ActResult =
  | { kind: 'done' | 'denied' | 'rejected' | 'withdrawn' | 'stale' | 'expired' | 'failed' }
  | { kind: 'outcome_unknown'; runId: string }
  /** Its tenant is suspended: nothing was done; come again when it works. */
  | { kind: 'held' }
  | { kind: 'needs_approval'; question: ApprovalQuestion };
