import { stringify } from 'yaml';
import type { PolicyDiff, PolicyView } from '#domain/policy/change.schema.ts';
import type { PolicyDifference } from '#domain/policy/diff.ts';
import type { Output } from '../output.ts';
import { exactText, plainJson, plainLine } from '../terminal-text.ts';
import { textTable } from './table.ts';

type Place = PolicyView['scope'];

const unprovenWords = 'nothing proves who wrote it; it is not followed';

/** One version: for whom it is, what it says, why and by whom. */
export function policyText(view: PolicyView, colors: Output['colors']): string {
  const facts: [string, string][] = [
    ['Policy', `${view.id}, version ${view.version} (${view.status})`],
    ...(view.unproven ? [['Unproven', unprovenWords] satisfies [string, string]] : []),
    ['Name', view.name],
    ['Domain', view.domain],
    ['Scope', placeText(view.scope)],
    ['Created', `${view.created_at} by ${view.created_by}`],
    ['Reason', view.change_reason],
    ...(view.canary === undefined
      ? []
      : [['Canary', `holds for ${peopleText(view.canary.users)} first`] satisfies [string, string]]),
  ];
  const lines = facts.map(([label, text]) => `${colors.dim(`${label}:`.padEnd(12))}${plainLine(text)}`);
  const grant = view.may_grant === null ? [] : [colors.dim('Levels below may set:'), block(view.may_grant)];
  return [...lines, colors.dim('Rules:'), block(view.rules), ...grant].join('\n');
}

/** One line per version. */
export function policyListText(policies: readonly PolicyView[], width: number | undefined): string {
  if (policies.length === 0) return 'There are no policies for you to see.';
  const rows = policies.map((one) => [
    one.id,
    String(one.version),
    [one.status, ...(one.canary ? ['canary'] : []), ...(one.unproven ? ['unproven'] : [])].join(', '),
    one.domain,
    placeText(one.scope),
    one.name,
  ]);
  return textTable({ head: ['ID', 'VERSION', 'STATUS', 'DOMAIN', 'SCOPE', 'NAME'], rows, width });
}

/** `+` added, `-` removed, `~` changed, place by place. */
export function policyDiffText(
  { added, removed, changed, unproven = [] }: PolicyDifference & Pick<PolicyDiff, 'unproven'>,
  colors: Output['colors'],
): string {
  const lines = [
    ...unproven.map((version) => colors.red(`Version ${version}: ${unprovenWords}`)),
    ...removed.map(({ path, value }) => colors.red(`- ${exactText(path)}: ${plainJson(value, 0)}`)),
    ...added.map(({ path, value }) => colors.green(`+ ${exactText(path)}: ${plainJson(value, 0)}`)),
    ...changed.map(({ path, from, to }) =>
      colors.yellow(`~ ${exactText(path)}: ${plainJson(from, 0)} -> ${plainJson(to, 0)}`),
    ),
  ];
  return lines.length === 0 ? 'Nothing is different.' : lines.join('\n');
}

/** `version 2 of pol_… is active`. */
export function policyStateText({ id, version, status, canary }: PolicyView): string {
  const first = canary === undefined ? '' : `, and holds for ${peopleText(canary.users)} first`;
  return `Version ${version} of ${plainLine(id)} is ${status}${first}.`;
}

function peopleText(count: number): string {
  return count === 1 ? '1 person' : `${count} people`;
}

function placeText({ level, org_unit: orgUnit, user_id: userId }: Place): string {
  return [level, orgUnit, userId].filter((part) => part !== null).join(' ');
}

function block(content: Readonly<Record<string, unknown>>): string {
  if (Object.keys(content).length === 0) return '  (nothing)';
  return exactText(stringify(content).trimEnd())
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
