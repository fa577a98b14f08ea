import type { ImpactView } from '#domain/policy/impact.schema.ts';
import type { Tone } from '../design/badge.tsx';

export type ImpactKind = keyof ImpactView['summary'];

/** In the order in which they matter to the people affected. */
const ofKind: Record<ImpactKind, { word: string; tone: Tone }> = {
  newly_blocked: { word: 'Newly blocked', tone: 'bad' },
  newly_needs_approval: { word: 'Newly needs approval', tone: 'wait' },
  newly_allowed: { word: 'Newly allowed', tone: 'good' },
  no_longer_needs_approval: { word: 'No longer needs approval', tone: 'good' },
  newly_notified: { word: 'Somebody is told from now on', tone: 'quiet' },
  no_longer_notified: { word: 'Nobody is told any more', tone: 'quiet' },
};

export const impactKinds: readonly ImpactKind[] = [
  'newly_blocked',
  'newly_needs_approval',
  'newly_allowed',
  'no_longer_needs_approval',
  'newly_notified',
  'no_longer_notified',
];

export function impactWords(kind: ImpactKind): { word: string; tone: Tone } {
  return ofKind[kind];
}

/** How many decisions of how many people: `3 people, 12 decisions`. */
export function countWords({ people, decisions }: { people: number; decisions: number }): string {
  return `${counted(people, 'person', 'people')}, ${decisionWords(decisions)}`;
}

export function decisionWords(decisions: number): string {
  return counted(decisions, 'decision', 'decisions');
}

/** The kinds that occur. */
export function kindsIn(summary: ImpactView['summary']): ImpactKind[] {
  return impactKinds.filter((kind) => summary[kind].decisions > 0);
}

/** What was looked at. */
export function windowWords({ decisions, from, to }: ImpactView['window']): string {
  const days = Math.max(1, Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000));
  return `${decisionWords(decisions)} of the last ${counted(days, 'day', 'days')}`;
}

/** The person by name if the reader may see it, else as the log names them. */
export function personIn({ name, user_id, subject }: ImpactView['changes'][number]['person']): string {
  if (user_id === null) return subject;
  return name === null ? user_id : `${name} (${user_id})`;
}

function counted(n: number, one: string, more: string): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : more}`;
}
