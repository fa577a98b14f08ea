import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { PlannedAction } from '#domain/action/action.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { RequestState, Resolution } from '#domain/request/request.ts';

export const requestWorkflowType = 'request';

/** Start arguments of `request`: what is to be done, by reference. */
export interface RequestInput {
  actor: Actor;
  requestId: string;
  /** Actions that need no planner; absent = the text of the request is planned first. */
  actions?: readonly PlannedAction[];
  /** How long an approval may wait, in milliseconds. */
  approvalExpiresMs: number;
  /** How long a question about an unknown outcome may wait, in milliseconds. */
  resolutionExpiresMs: number;
}

/** The first answer of a request, and its last. Contents are read from the database by id. */
export interface RequestProgress {
  state: RequestState;
  approvalId?: string;
}

/** Waits for the first outcome: answered, queued, denied, …; `updateId` is the request id. */
export const firstOutcome = defineUpdate<RequestProgress>('first');

/** What a person says of an effect whose outcome is unknown, signed by the gateway. */
export interface SignedResolution {
  claims: {
    resolutionId: string;
    tenantId: string;
    requestId: string;
    n: number;
    /** The action run that it is about. */
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

/** While it waits for a time that the provider named: something has changed, so act again, which looks and may wait on. */
export const lookAgain = defineSignal('lookAgain');

export const requestProgress = defineQuery<RequestProgress>('progress');
