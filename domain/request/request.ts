import type { ErrorCode } from '../error.ts';

/** States of a request, as people see them. */
export const requestStates = [
  'received',
  'running',
  'queued',
  'outcome_unknown',
  'answered',
  'denied',
  'rejected',
  'expired',
  'stale',
  'withdrawn',
  'failed',
] as const;

export type RequestState = (typeof requestStates)[number];

const open: readonly RequestState[] = ['received', 'running', 'queued', 'outcome_unknown'];

/** A final state never changes and never starts a workflow again. */
export function isFinal(state: RequestState): boolean {
  return !open.includes(state);
}

/** States of one action of a request. */
export const actionStates = [
  'planned',
  'waiting_approval',
  'done',
  'denied',
  'rejected',
  'expired',
  'stale',
  'withdrawn',
  'failed',
  'outcome_unknown',
] as const;

export type ActionState = (typeof actionStates)[number];

const stateOfAction: Record<ActionState, RequestState> = {
  planned: 'running',
  waiting_approval: 'queued',
  done: 'answered',
  denied: 'denied',
  rejected: 'rejected',
  expired: 'expired',
  stale: 'stale',
  withdrawn: 'withdrawn',
  failed: 'failed',
  outcome_unknown: 'outcome_unknown',
};

/** The state of a request, from its actions: the first one that is not done decides. */
export function stateFromActions(actions: readonly ActionState[]): RequestState {
  const speaking = actions.find((state) => state !== 'done');
  if (speaking !== undefined) return stateOfAction[speaking];
  return actions.length === 0 ? 'running' : 'answered';
}

/** What an action does when its wait is over: it is sent, or, where it may have been sent, looked for. */
export type WaitsTo = 'send' | 'look';

/** A wait that the provider asked for. */
export interface Wait {
  /** ISO 8601; nothing is called before. */
  until: string;
  code: ErrorCode;
  to: WaitsTo;
}

/** What a person may say about an effect whose outcome is unknown. */
export const resolutions = ['happened', 'send_again', 'give_up'] as const;

export type Resolution = (typeof resolutions)[number];
