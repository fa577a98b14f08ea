import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { Origin, PlannedAction } from '#domain/action/action.ts';
import type { ApprovalQuestion, ApprovalResult, SignedVote } from '#domain/approval/approval.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { RequestState, Resolution } from '#domain/request/request.ts';

/** Names and types of everything that is sent to a workflow. Cheap to import anywhere. */

export const requestWorkflowType = 'request';

/** Start arguments of `request`: they carry the work, by reference. */
export interface RequestInput {
  actor: Actor;
  requestId: string;
  /** Actions that need no planner; absent = plan the request's text first. */
  actions?: readonly PlannedAction[];
  /** Milliseconds that an approval may wait. */
  approvalExpiresMs: number;
  /** Milliseconds that a question about an unknown outcome may wait. */
  resolutionExpiresMs: number;
}

/** First answer of a request, and its last. Content is read from the database by id. */
export interface RequestProgress {
  state: RequestState;
  approvalId?: string;
}

/** Waits for the first outcome: answered, queued, denied, …; `updateId` is the request id. */
export const firstOutcome = defineUpdate<RequestProgress>('first');

/** A person's word on an effect whose outcome is unknown, signed by the gateway. */
export interface SignedResolution {
  claims: {
    resolutionId: string;
    tenantId: string;
    requestId: string;
    n: number;
    /** The action run it speaks of. */
    runId: string;
    resolution: Resolution;
    userId: string;
    role: Actor['role'];
    orgUnit: string;
    reasonRef: string;
    at: string;
  };
  keyId: string;
  signature: string;
}

export const resolveOutcome = defineUpdate<RequestProgress, [SignedResolution]>('resolve');

export const requestProgress = defineQuery<RequestProgress>('progress');

/** Start arguments of `approval`; it holds a list of items from its first history on. */
export interface ApprovalInput {
  question: ApprovalQuestion;
  requester: Actor;
  expiresMs: number;
}

/** Approve or reject; ends the approval, as `withdraw` does, so that they can't both succeed. */
export const decideApproval = defineUpdate<ApprovalResult, [SignedVote]>('decide');
export const withdrawApproval = defineUpdate<ApprovalResult, [SignedVote]>('withdraw');

export interface ApprovalProgress {
  state: 'pending' | ApprovalResult['outcome'];
  question: ApprovalQuestion;
}

export const approvalProgress = defineQuery<ApprovalProgress>('state');

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

/** What the planner made of a request: actions to carry out, or the state it ended in. */
export type Planned =
  | { kind: 'planned'; actions: readonly PlannedAction[] }
  | { kind: 'answered' | 'withdrawn' };

export const createTenantWorkflowType = 'createTenant';
export const deleteTenantWorkflowType = 'deleteTenant';

/** Start arguments of both: which tenant, and the operator's admin who asked. */
export interface TenantWorkInput {
  tenantId: string;
  operator: Actor;
}

/** Tenants are made and ended on a queue of their own: its workers alone hold rights to create roles and schemas. */
export function provisioningQueueOf(taskQueue: string): string {
  return `${taskQueue}-provisioning`;
}

export const auditCheckpointWorkflowType = 'auditCheckpoint';

/** Start arguments of `auditCheckpoint`: one tenant, or `installation` for each. */
export interface AuditCheckpointInput {
  tenantId: string;
}

/** How many heads were signed, trees found broken, tenants not reached, publications that failed. */
export interface AuditCheckpointResult {
  signed: number;
  broken: number;
  failed: number;
  unpublished: number;
}

export const erasureWorkflowType = 'erasure';

/** Start arguments of `erasure`: the person is in the row, by reference. */
export interface ErasureInput {
  admin: Actor;
  erasureId: string;
}

export interface ErasureProgress {
  /** `waiting` for open requests of the person. */
  state: 'done' | 'waiting';
}

export const retentionWorkflowType = 'retention';
export const reconcileWorkflowType = 'reconcile';

/** Start arguments of what comes round for the whole installation. */
export interface InstallationInput {
  tenantId: string;
}

/** Months made and dropped, contents deleted, sessions deleted. */
export interface RetentionResult {
  monthsMade: number;
  dropped: readonly string[];
  /** Results of reads, contents of requests that ended, reasons that nothing refers to. */
  contents: number;
  /** Requests that lost their contents. */
  requests: number;
  sessions: number;
  /** Calls of models and token counts. */
  modelRows: number;
  itemLabels: number;
  /** Tenants whose round failed; then no month is dropped. */
  failed: number;
}

/** New gaps, and tenants that could not be looked at. */
export interface ReconcileResult {
  gaps: number;
  failed: number;
}

export const rewrapWorkflowType = 'rewrap';

/** What one step of `rewrap` did; `next` is where the next one begins. */
export interface RewrapStep {
  rewrapped: number;
  unreadable: number;
  next: string | null;
}

/** How far a round of `rewrap` is. */
export interface RewrapProgress {
  rewrapped: number;
  /** Keys whose master key isn't there any more. */
  unreadable: number;
  isDone: boolean;
}

export const rewrapProgress = defineQuery<RewrapProgress>('rewrapProgress');
