import { stringify } from 'yaml';
import type { z } from 'zod';
import type { policyEvaluation, resolvedPolicy } from '#domain/policy/explain.schema.ts';
import type { Output } from '../output.ts';
import { exactText, plainJson, plainLine } from '../terminal-text.ts';

type Evaluation = z.infer<typeof policyEvaluation>;
type Explained = Evaluation['explanation'][number];

/** The answer, then domain by domain who said what, and what would have to change for another answer. */
export function explanationText(evaluation: Evaluation, colors: Output['colors']): string {
  const { decision, reason, person, explanation } = evaluation;
  const told = { allow: colors.green, require_approval: colors.yellow, deny: colors.red }[decision](decision);
  return [
    `${told}: ${plainLine(reason)}`,
    colors.dim(`For ${plainLine(person.user_id)}, ${person.role} in ${plainLine(person.org_unit)}.`),
    ...explanation.flatMap((domain) => domainLines(domain, colors)),
  ].join('\n');
}

function domainLines(domain: Explained, colors: Output['colors']): string[] {
  const { decided_by: by } = domain;
  const decider =
    by === null
      ? 'no policy'
      : `"${plainLine(by.policy_name)}" (${by.level}, ${by.policy_id} version ${by.policy_version})`;
  return [
    '',
    `${domain.domain}: ${domain.decision} by ${decider}`,
    ...domain.levels.map(levelLine).map((line) => colors.dim(line)),
    ...domain.would_change.map((sentence) => `  ${plainLine(sentence)}`),
  ];
}

function levelLine({ level, policy_name: name, says }: Explained['levels'][number]): string {
  const told = Object.entries(says).flatMap(([place, value]) =>
    value === null ? [] : [`${plainLine(place)}: ${plainJson(value, 0)}`],
  );
  const words =
    name === null ? 'no policy' : `"${plainLine(name)}" ${told.join(', ') || 'says nothing of it'}`;
  return `  ${level.padEnd(11)}${words}`;
}

/** The effective rules as YAML, under the policies from which they come. */
export function resolvedText({ effective_policy: rules, hierarchy }: z.infer<typeof resolvedPolicy>): string {
  const levels = hierarchy.map(({ scope, policy_id: id }) => `${scope.padEnd(11)}${id ?? 'no policy'}`);
  const held =
    rules === null ? 'No policy speaks: everything is denied.' : exactText(stringify(rules).trimEnd());
  return [...levels, '', held].join('\n');
}
