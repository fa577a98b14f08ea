import type { PolicyEvaluation } from '#domain/policy/explain.schema.ts';
import type { Tone } from '../design/badge.tsx';
import { pathWords, valueWords } from './rule-words.ts';

type Part = PolicyEvaluation['explanation'][number];
type Verdict = Part['decision'];
type Level = Part['levels'][number];

const ofVerdict: Record<Verdict, { word: string; tone: Tone }> = {
  allow: { word: 'Allowed', tone: 'good' },
  notify: { word: 'Allowed, and somebody is told', tone: 'good' },
  require_approval: { word: 'Needs approval', tone: 'wait' },
  deny: { word: 'Denied', tone: 'bad' },
};

/** Strictest first: the strictest answer of all domains wins. */
const strictness: readonly Verdict[] = ['deny', 'require_approval', 'notify', 'allow'];

export function evaluationWords(verdict: Verdict): { word: string; tone: Tone } {
  return ofVerdict[verdict];
}

/** What each domain said, starting with the one that decided. */
export function byStrictness(parts: readonly Part[]): Part[] {
  return parts.toSorted(
    (one, other) => strictness.indexOf(one.decision) - strictness.indexOf(other.decision),
  );
}

/** What a level says at the points that mattered, one sentence each; none if it is silent. */
export function sayings(values: Level['says']): string[] {
  return Object.entries(values)
    .filter(([, value]) => value !== null)
    .map(([place, value]) => `${pathWords(place)}: ${valueWords(value, place)}`);
}
