import type { z } from 'zod';
import type { impactView } from '#domain/policy/impact.schema.ts';
import type { ImpactKind } from '#domain/policy/impact.ts';
import type { Output } from '../output.ts';
import { plainLine } from '../terminal-text.ts';
import { textTable } from './table.ts';

type Impact = z.infer<typeof impactView>;
type Changed = Impact['changes'][number];

const shown = 20;

const words: Readonly<Record<ImpactKind, string>> = {
  newly_blocked: 'newly blocked',
  newly_needs_approval: 'newly needs approval',
  newly_allowed: 'newly allowed',
  no_longer_needs_approval: 'no longer needs approval',
  newly_notified: 'newly notified',
  no_longer_notified: 'no longer notified',
};

/** What a change means for people: numbers, who and what, and where policy grants more than before. */
export function impactText(impact: Impact, { colors, width }: Pick<Output, 'colors' | 'width'>): string {
  const { window, changes, groups, widened } = impact;
  const head = `Asked again: ${plural(window.decisions, 'recorded decision')} since ${window.from.slice(0, 10)}.`;
  const counts = Object.entries(words).flatMap(([kind, told]) => {
    const count = countOf(impact, kind);
    return count === undefined || count.decisions === 0
      ? []
      : [`  ${told}: ${plural(count.decisions, 'decision')} of ${plural(count.people, 'person', 'people')}`];
  });
  const table = textTable({
    head: ['WHAT', 'WHO', 'ACTION', 'CONNECTOR', 'TIMES', 'LAST', 'WHY'],
    rows: changes.slice(0, shown).map(row),
    width,
  });
  const left = groups - Math.min(shown, changes.length);
  return [
    head,
    ...(counts.length === 0 ? ['Nothing of it comes out differently.'] : [...counts, table]),
    ...(left > 0 ? [`… and ${left} more; --json lists them.`] : []),
    ...widened.map((place) => colors.yellow(`Grants more than before: ${plainLine(place)}`)),
  ].join('\n');
}

function countOf({ summary }: Impact, kind: string): { decisions: number; people: number } | undefined {
  return Object.entries(summary).find(([name]) => name === kind)?.[1];
}

function row({ kind, before, after, person, action, connector, decisions, examples }: Changed): string[] {
  const [last] = examples;
  return [
    `${words[kind]} (${before} -> ${after})`,
    person.name ?? person.user_id ?? person.subject,
    action,
    connector,
    String(decisions),
    last?.at.slice(0, 10) ?? '',
    last?.after.reason ?? '',
  ];
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
