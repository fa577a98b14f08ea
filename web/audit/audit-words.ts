import type { ActionType } from '#domain/audit/action-type.ts';
import type { AuditEntryView } from '#domain/audit/audit.schema.ts';
import type { AuditOutcome } from '#domain/audit/audit.ts';
import type { Tone } from '../design/badge.tsx';
import { verdictWord } from '../requests/state-words.ts';

type Verdict = NonNullable<AuditEntryView['policy_result']>;

const ofOutcome: Record<AuditOutcome, { word: string; tone: Tone }> = {
  intended: { word: 'Intended', tone: 'busy' },
  success: { word: 'Done', tone: 'good' },
  denied: { word: 'Denied', tone: 'bad' },
  error: { word: 'Failed', tone: 'bad' },
  pending_approval: { word: 'Waits for approval', tone: 'wait' },
  unknown: { word: 'Outcome unknown', tone: 'wait' },
};

const ofActionType: Record<ActionType, string> = {
  tool_invocation: 'Actions',
  data_access: 'Access to data',
  model_call: 'Calls of models',
  policy_decision: 'Decisions',
  agent_exchange: 'Exchanges between assistants',
  policy_change: 'Changes of policy',
  authentication: 'Signing in and out',
  administration: 'Administration',
};

const ofVerdict: Record<Verdict, string> = {
  allow: verdictWord('allow'),
  notify: verdictWord('notify'),
  require_approval: verdictWord('require_approval'),
  deny: verdictWord('deny'),
};

export function outcomeWords(outcome: AuditOutcome): { word: string; tone: Tone } {
  return ofOutcome[outcome];
}

/** `User data: erased` for `user_data.erased`; a data source is called by its own name. */
export function eventWords({ event, source_title }: Pick<AuditEntryView, 'event' | 'source_title'>): string {
  const [resource = '', ...rest] = event.split('.');
  const noun = source_title ?? sentence(resource);
  return rest.length === 0 ? noun : `${noun}: ${rest.join(' ').replaceAll('_', ' ')}`;
}

/** Values and labels of a filter; the first, `''`, lets everything through. */
export const outcomeOptions = options(
  Object.entries(ofOutcome).map(([value, { word }]) => [value, word] as const),
);
export const actionTypeOptions = options(Object.entries(ofActionType));
export const verdictOptions = options(Object.entries(ofVerdict));

function options(
  entries: readonly (readonly [string, string])[],
): readonly (readonly [value: string, words: string])[] {
  return [['', 'All'], ...entries];
}

function sentence(words: string): string {
  const text = words.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
