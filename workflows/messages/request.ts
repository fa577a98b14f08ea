import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { PlannedAction } from '#domain/action/action.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { RequestState, Resolution } from '#domain/request/request.ts';

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
