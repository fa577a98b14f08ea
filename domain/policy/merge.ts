import { ceilingRules } from './ceiling.ts';
import { inPositions, topmostOf } from './chain.ts';
import type { PolicyField } from './field.ts';
import { policyFields } from './fields.ts';
import type { PolicyLevel } from './policy.ts';
import type { CheckedPolicy, GovernedDomain, RulesOf } from './rules.ts';
import { type PointValue, type Statement, strictnessOf, valueAt } from './statement.ts';

/** The policy that decided a point. */
interface PolicySource {
  level: PolicyLevel;
  policy_id: string;
  policy_version: number;
  policy_name: string;
}

/** A decided value; `by` is the id of the policy that decided it. */
export interface Point {
  value: PointValue;
  by: string;
}

/** The merged policy of one person in one domain: field → point → value, as the Rego reads it. */
export interface MergedPolicy {
  sources: Readonly<Record<string, PolicySource>>;
  fields: Readonly<Record<string, Readonly<Record<string, Point>>>>;
}

interface SpokenPolicy {
  id: string;
  level: PolicyLevel;
  value: Statement;
  ceiling: Statement;
}

/**
 * The effective policy, point by point: the deepest level that speaks, bounded by the ceilings of all levels above
 * (spec/decisions.md 25); a person's own policy only restricts, and what is the enterprise's alone, only it says. Takes the policies that cover one person, in any order;
 * `undefined` when none of them is above the person.
 */
export function mergePolicies<D extends GovernedDomain>(
  domain: D,
  policies: readonly CheckedPolicy<D>[],
): MergedPolicy | undefined {
  const positions = inPositions(policies);
  const topmost = topmostOf(positions);
  if (topmost === undefined) return undefined;
  const fields = policyFields[domain].map((field) => {
    const levels = positions.map((position) =>
      position.map((policy) => speak(field, policy, position === topmost)),
    );
    return [field.name, mergeField(field, levels)] as const;
  });
  return {
    sources: Object.fromEntries(policies.map((policy) => [policy.id, sourceOf(policy)])),
    fields: Object.fromEntries(fields),
  };
}

function speak<D extends GovernedDomain>(
  field: PolicyField<RulesOf[D]>,
  policy: CheckedPolicy<D>,
  topmost: boolean,
): SpokenPolicy {
  return {
    id: policy.id,
    level: policy.scope.level,
    value: field.state(policy.rules, { topmost }),
    ceiling: field.state(ceilingRules(policy), { topmost }),
  };
}

function mergeField(
  field: PolicyField<never>,
  levels: readonly (readonly SpokenPolicy[])[],
): Record<string, Point> {
  const keys = new Set(
    levels.flat().flatMap(({ level, value, ceiling }) => {
      const stated = [...value.keys(), ...ceiling.keys()];
      return level === 'enterprise' ? stated : stated.filter((key) => field.enterpriseOnly?.(key) !== true);
    }),
  );
  const points = [...keys].toSorted().flatMap((key) => {
    const point = decidePoint(field, levels, key);
    return point === undefined ? [] : [[key, point] as const];
  });
  return Object.fromEntries(points);
}

function decidePoint(
  field: PolicyField<never>,
  levels: readonly (readonly SpokenPolicy[])[],
  key: string,
): Point | undefined {
  let decided: Point | undefined;
  const ceilings: Point[] = [];
  const speaking = field.enterpriseOnly?.(key) === true ? levels.filter(isEnterprise) : levels;
  for (const level of speaking) {
    // A block list names only what it blocks: below a ceiling that blocks something, silence doesn't unblock it.
    const blocked = field.direction === 'block list' ? ceilings : [];
    const said = strictestPoint(field, [...pointsAt(level, 'value', key), ...blocked]);
    // A ceiling is for levels below to use: a person's own policy can't loosen what holds without it.
    const bounds = decided !== undefined && level[0]?.level === 'user' ? [decided] : [];
    if (said !== undefined) decided = strictestPoint(field, [said, ...ceilings, ...bounds]);
    ceilings.push(...pointsAt(level, 'ceiling', key));
  }
  return decided;
}

function isEnterprise(level: readonly SpokenPolicy[]): boolean {
  return level[0]?.level === 'enterprise';
}

function pointsAt(level: readonly SpokenPolicy[], of: 'value' | 'ceiling', key: string): Point[] {
  return level.flatMap((policy) => {
    const value = valueAt(policy[of], key);
    return value === undefined ? [] : [{ value, by: policy.id }];
  });
}

/** Of equally strict points the first, so that the level that spoke is named rather than the one that bounds it. */
function strictestPoint(field: PolicyField<never>, points: readonly Point[]): Point | undefined {
  return points.reduce<Point | undefined>(
    (bounds, point) =>
      bounds !== undefined && strictnessOf(field, bounds.value) >= strictnessOf(field, point.value)
        ? bounds
        : point,
    undefined,
  );
}

function sourceOf<D extends GovernedDomain>(policy: CheckedPolicy<D>): PolicySource {
  return {
    level: policy.scope.level,
    policy_id: policy.id,
    policy_version: policy.version,
    policy_name: policy.name,
  };
}
