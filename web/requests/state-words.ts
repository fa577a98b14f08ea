import type { RequestView } from '#domain/request/request.schema.ts';
import type { Tone } from '../design/badge.tsx';

export type RequestState = RequestView['state'];
export type RequestAction = RequestView['actions'][number];
type Verdict = NonNullable<RequestAction['verdict']>;

interface StateWords {
  word: string;
  tone: Tone;
}

/** `open` states change by themselves; the others are final (domain/request/request.ts). */
const ofRequest: Record<RequestState, StateWords & { open: boolean }> = {
  received: { word: 'Received', tone: 'busy', open: true },
  running: { word: 'Working', tone: 'busy', open: true },
  queued: { word: 'Waiting for approval', tone: 'wait', open: true },
  outcome_unknown: { word: 'Outcome unknown', tone: 'wait', open: true },
  answered: { word: 'Done', tone: 'good', open: false },
  denied: { word: 'Denied', tone: 'bad', open: false },
  rejected: { word: 'Rejected', tone: 'bad', open: false },
  expired: { word: 'Expired', tone: 'quiet', open: false },
  stale: { word: 'Out of date', tone: 'quiet', open: false },
  withdrawn: { word: 'Withdrawn', tone: 'quiet', open: false },
  failed: { word: 'Failed', tone: 'bad', open: false },
};

const ofAction: Record<RequestAction['state'], StateWords> = {
  planned: { word: 'Planned', tone: 'busy' },
  waiting_approval: { word: 'Waiting for approval', tone: 'wait' },
  done: { word: 'Done', tone: 'good' },
  denied: { word: 'Denied', tone: 'bad' },
  rejected: { word: 'Rejected', tone: 'bad' },
  expired: { word: 'Expired', tone: 'quiet' },
  stale: { word: 'Out of date', tone: 'quiet' },
  withdrawn: { word: 'Withdrawn', tone: 'quiet' },
  failed: { word: 'Failed', tone: 'bad' },
  outcome_unknown: { word: 'Outcome unknown', tone: 'wait' },
};

const ofVerdict: Record<Verdict, string> = {
  allow: 'Allowed',
  notify: 'Allowed, and somebody is told',
  require_approval: 'Needs approval',
  deny: 'Denied',
};

export function requestWords(state: RequestState): StateWords {
  return ofRequest[state];
}

export function actionWords(state: RequestAction['state']): StateWords {
  return ofAction[state];
}

export function verdictWord(verdict: Verdict): string {
  return ofVerdict[verdict];
}

/** Can the state still change? */
export function isOpen(state: RequestState): boolean {
  return ofRequest[state].open;
}

/** May its owner still take the request back? */
export function canWithdraw(state: RequestState): boolean {
  return state === 'queued' || state === 'received';
}

/** … or while nothing was sent, because the provider asked us to wait? */
export function waitsToBeSent({ state, actions }: Pick<RequestView, 'state' | 'actions'>): boolean {
  return state === 'running' && actions.some(({ waits }) => waits?.to === 'send');
}
