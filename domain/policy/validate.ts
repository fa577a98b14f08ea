import { CodedError } from '../error.ts';
import { ceilingRules } from './ceiling.ts';
import { inPositions, scopeIsAbove, topmostOf } from './chain.ts';
import type { PolicyField } from './field.ts';
import { policyFields } from './fields.ts';
import { mergePolicies } from './merge.ts';
import type { CheckedPolicy, GovernedDomain, RulesOf } from './rules.ts';
import { type PointValue, strictnessOf, valueAt } from './statement.ts';

/**
 * Throws `POLICY_HIERARCHY_VIOLATION` with every violation in `detail` when the policy says, or lets levels below say,
 * more than a level above allows. Only what it names is compared: what it leaves out is bounded when policies are
 * merged.
 */
export function validatePolicy<D extends GovernedDomain>(
  policy: CheckedPolicy<D>,
  others: readonly CheckedPolicy<D>[],
): void {
  const violations = hierarchyViolations(policy, others);
  if (violations.length > 0) throw new CodedError('POLICY_HIERARCHY_VIOLATION', { detail: violations });
}

/**
 * One sentence for each point that goes beyond a level above; it names the first of the active policies that forbid it.
 */
export function hierarchyViolations<D extends GovernedDomain>(
  policy: CheckedPolicy<D>,
  others: readonly CheckedPolicy<D>[],
): string[] {
  const ancestors = others.filter(
    (other) =>
      other.domain === policy.domain &&
      other.status === 'active' &&
      other.id !== policy.id &&
      scopeIsAbove(other.scope, policy.scope),
  );
  if (policy.scope.level === 'user' && ancestors.length === 0) {
    return [`no level above says anything about ${policy.domain}, and a person's own policy only restricts`];
  }
  const stated: readonly [string, RulesOf[D]][] = [
    ['', policy.rules],
    ...(policy.mayGrant === null ? [] : [['may_grant.', policy.mayGrant] satisfies [string, RulesOf[D]]]),
  ];
  return policyFields[policy.domain].flatMap((field) => {
    const ceilings = ceilingsOf(field, ancestors);
    const limits = policy.scope.level === 'user' ? [limitOfOthers(field, ancestors)] : [];
    return stated.flatMap(([prefix, rules]) =>
      [...field.state(rules, { topmost: false })].flatMap(([key, value]) => {
        const point = { field, key, value };
        const found = beyond(point, ceilings);
        return (found.length > 0 ? found : beyond(point, limits)).map((words) => `${prefix}${words}`);
      }),
    );
  });
}

/** The most that the levels above allow at a point; `undefined` where they are silent. */
type Limit = (key: string) => { value: PointValue; author: string } | undefined;

function ceilingsOf<D extends GovernedDomain>(
  field: PolicyField<RulesOf[D]>,
  ancestors: readonly CheckedPolicy<D>[],
): Limit[] {
  const topmost = topmostOf(inPositions(ancestors));
  return ancestors.map((ancestor) => {
    const ceiling = field.state(ceilingRules(ancestor), { topmost: topmost?.includes(ancestor) === true });
    const author = `"${ancestor.name}" (${ancestor.scope.level})`;
    return (key) => {
      const value = valueAt(ceiling, key);
      return value === undefined ? undefined : { value, author };
    };
  });
}

/** What holds without a person's own policy, which may not use up any `may_grant`. */
function limitOfOthers<D extends GovernedDomain>(
  field: PolicyField<RulesOf[D]>,
  ancestors: readonly CheckedPolicy<D>[],
): Limit {
  const [first] = ancestors;
  const merged = first === undefined ? undefined : mergePolicies(first.domain, ancestors);
  const points = new Map(Object.entries(merged?.fields[field.name] ?? {}));
  return (key) => {
    const point = valueAt(points, key);
    const by = point === undefined ? undefined : merged?.sources[point.by];
    return point && by && { value: point.value, author: `"${by.policy_name}" (${by.level})` };
  };
}

interface StatedPoint {
  field: PolicyField<never>;
  key: string;
  value: PointValue;
}

function beyond({ field, key, value }: StatedPoint, limits: readonly Limit[]): string[] {
  const where = field.where(key);
  if (where === undefined) return [];
  return limits.flatMap((limitAt) => {
    const limit = limitAt(key);
    if (limit === undefined || strictnessOf(field, value) >= strictnessOf(field, limit.value)) return [];
    if (field.beyond === 'cannot enable') return [`${where} cannot enable what ${limit.author} turns off`];
    const told = where.includes(': ') ? where : `${where}: ${value}`;
    return [`${told} ${field.beyond} what ${limit.author} grants (${limit.value})`];
  });
}
