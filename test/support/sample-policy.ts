import type { Policy, PolicyScope } from '#domain/policy/policy.ts';
import type { CheckedPolicy, GovernedDomain, RulesOf } from '#domain/policy/rules.ts';

interface SampleOptions<D extends GovernedDomain> {
  rules: RulesOf[D];
  mayGrant?: RulesOf[D];
  /** `enterprise`, or level and unit: `org engineering`, `user engineering/web`. */
  at?: string;
  id?: string;
}

/** An active policy, version 1, whose id is its place unless one is given. */
export function samplePolicy<D extends GovernedDomain>(
  domain: D,
  { rules, mayGrant, at = 'enterprise', id }: SampleOptions<D>,
): CheckedPolicy<D> {
  return {
    id: id ?? `pol_${at.replaceAll(/\W/g, '_')}`,
    name: `Policy of ${at}`,
    domain,
    scope: scopeOf(at),
    version: 1,
    status: 'active',
    rules,
    mayGrant: mayGrant ?? null,
    changeReason: 'test',
    createdBy: 'admin',
    createdAt: '2026-01-01T00:00:00.000Z',
  };
}

/** The policy as the database hands it back. */
export function storedPolicy<D extends GovernedDomain>(policy: CheckedPolicy<D>): Policy {
  const { rules, mayGrant } = policy;
  return { ...policy, rules: { ...rules }, mayGrant: mayGrant === null ? null : { ...mayGrant } };
}

function scopeOf(at: string): PolicyScope {
  const [level, orgUnit = null] = at.split(' ');
  if (level === 'org' || level === 'team') return { level, orgUnit, userId: null };
  if (level === 'user') return { level, orgUnit, userId: 'ada' };
  return { level: 'enterprise', orgUnit: null, userId: null };
}
