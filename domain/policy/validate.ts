import { CodedError } from '../error.ts';
import { ceilingRules } from './ceiling.ts';
import { inPositions, scopeIsAbove, topmostOf } from './chain.ts';
import type { PolicyField } from './field.ts';
import { policyFields } from './fields.ts';
import { mergePolicies } from './merge.ts';
import type { CheckedPolicy, GovernedDomain, RulesOf } from './rules.ts';
import { everywhere, type PointValue, strictnessOf, valueAt } from './statement.ts';

/** Throws `POLICY_ENTERPRISE_ONLY` with each field in `detail` that is the enterprise's alone, and this policy is below it. */
export function refuseEnterpriseOnly<D extends GovernedDomain>(policy: CheckedPolicy<D>): void {
  if (policy.scope.level === 'enterprise') return;
  refuse([...enterpriseOnlyFields(policy).keys()], "only the enterprise's policies say this");
}

/** Throws the same when a draft says otherwise there than what is in force: that can't hold for a few people first. */
export function refuseEnterpriseOnlyCanary<D extends GovernedDomain>(
  draft: CheckedPolicy<D>,
  inForce: CheckedPolicy<D> | null,
): void {
  const is = enterpriseOnlyFields(draft);
  const was = inForce === null ? new Map<string, string>() : enterpriseOnlyFields(inForce);
  const named = [...new Set([...is.keys(), ...was.keys()])];
  const differing = named.filter((field) => is.get(field) !== was.get(field));
  refuse(differing, 'holds for everybody or for nobody, so a canary can not change it');
}

function refuse(fields: readonly string[], problem: string): void {
  if (fields.length === 0) return;
  throw new CodedError('POLICY_ENTERPRISE_ONLY', { detail: fields.map((field) => ({ field, problem })) });
}

/** What a policy says of what is the enterprise's alone: place in the body → what it says there. */
function enterpriseOnlyFields<D extends GovernedDomain>({
  domain,
  rules,
  mayGrant,
}: CheckedPolicy<D>): ReadonlyMap<string, string> {
  const parts: readonly (readonly [string, RulesOf[D]])[] = [
    ['rules', rules],
    ...(mayGrant === null ? [] : [['may_grant', mayGrant] as const]),
  ];
  const said = new Map<string, string>();
  for (const field of policyFields[domain]) {
    for (const [part, content] of parts) {
      for (const [key, value] of field.state(content, { topmost: false })) {
        if (field.enterpriseOnly?.(key) !== true) continue;
        // A list says the whole of itself at one place; of the two points of an action one is named.
        const [where] = (field.where(key) ?? (key === everywhere ? field.name : '')).split(': ');
        if (where) said.set(`${part}.${where}`, `${said.get(`${part}.${where}`) ?? ''} ${key}=${value}`);
      }
    }
  }
  return said;
}

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
        if (field.enterpriseOnly?.(key) === true) return [];
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
