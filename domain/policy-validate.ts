import { CodedError } from './error.ts';
import { ceilingRules } from './policy-ceiling.ts';
import { inPositions, scopeIsAbove } from './policy-chain.ts';
import { type PolicyField, policyFields } from './policy-fields.ts';
import type { CheckedPolicy, GovernedDomain, RulesOf } from './policy-rules.ts';
import { strictnessOf, valueAt } from './policy-statement.ts';

/**
 * Throws `POLICY_HIERARCHY_VIOLATION` with every violation in `detail` when the policy says, or lets levels below it
 * say, more than a level above grants. Only what it names is compared: what it leaves out is bounded when it is merged.
 */
export function validatePolicy<D extends GovernedDomain>(
  policy: CheckedPolicy<D>,
  others: readonly CheckedPolicy<D>[],
): void {
  const violations = hierarchyViolations(policy, others);
  if (violations.length > 0) throw new CodedError('POLICY_HIERARCHY_VIOLATION', { detail: violations });
}

/** One sentence per point that goes beyond a level above; of the active policies above it, the first in order. */
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
  const [topmost = []] = inPositions(ancestors);
  const stated: readonly [string, RulesOf[D]][] = [
    ['', policy.rules],
    ...(policy.mayGrant === null ? [] : [['may_grant.', policy.mayGrant] satisfies [string, RulesOf[D]]]),
  ];
  return policyFields[policy.domain].flatMap((field) =>
    ancestors.flatMap((ancestor) =>
      stated.flatMap(([prefix, rules]) =>
        beyond(field, rules, { ancestor, topmost: topmost.includes(ancestor) }).map(
          (words) => `${prefix}${words}`,
        ),
      ),
    ),
  );
}

function beyond<D extends GovernedDomain>(
  field: PolicyField<RulesOf[D]>,
  rules: RulesOf[D],
  { ancestor, topmost }: { ancestor: CheckedPolicy<D>; topmost: boolean },
): string[] {
  const ceiling = field.state(ceilingRules(ancestor), { topmost });
  return [...field.state(rules, { topmost: false })].flatMap(([key, value]) => {
    const where = field.where(key);
    const limit = valueAt(ceiling, key);
    if (where === undefined || limit === undefined) return [];
    if (strictnessOf(field, value) >= strictnessOf(field, limit)) return [];
    const told = where.includes(': ') ? where : `${where}: ${value}`;
    return [`${told} ${field.beyond} what "${ancestor.name}" (${ancestor.scope.level}) grants (${limit})`];
  });
}
