import type { Actor } from '#domain/person/actor.ts';
import { scopeCovers } from '#domain/policy/chain.ts';
import { nameOf, type PolicyField } from '#domain/policy/field.ts';
import { policyFields } from '#domain/policy/fields.ts';
import type { MergedPolicy, Point } from '#domain/policy/merge.ts';
import type { Policy, PolicyScope } from '#domain/policy/policy.ts';
import type { GovernedDomain } from '#domain/policy/rules.ts';
import { everywhere, strictnessOf, valueAt } from '#domain/policy/statement.ts';
import { mergeDomain, policiesFor } from '../effective.ts';

type Person = Pick<Actor, 'orgUnit' | 'userId'>;

interface Change {
  domain: GovernedDomain;
  /** The scope of the policy that changes. */
  scope: PolicyScope;
  before: readonly Policy[];
  after: readonly Policy[];
}

/**
 * The points at which the merged policy of anybody grants more than before: `default_autonomy: approve -> notify`.
 * Looks at one person of every kind that the policies of the domain distinguish, whether or not there is such a person.
 */
export function widenedPoints({ domain, scope, before, after }: Change): readonly string[] {
  const [one, other] = [before, after].map((policies) =>
    policies.filter((policy) => policy.domain === domain),
  );
  if (one === undefined || other === undefined) return [];
  const compared = new Set<string>();
  const found = new Set<string>();
  for (const person of kindsOfPeople(scope, [...one, ...other])) {
    const sets = [policiesFor(person, one), policiesFor(person, other)] as const;
    const key = JSON.stringify(sets.map((own) => own.map(({ id, version }) => [id, version])));
    if (compared.has(key)) continue;
    compared.add(key);
    for (const words of compare(domain, mergeDomain(domain, sets[0]), mergeDomain(domain, sets[1])))
      found.add(words);
  }
  return [...found].toSorted();
}

/** One person for each unit and each person that a policy names, as far as the change can reach them. */
function kindsOfPeople(scope: PolicyScope, policies: readonly Policy[]): Person[] {
  const scopes = [scope, ...policies.map((policy) => policy.scope)];
  const units = new Set(['', ...scopes.flatMap(({ orgUnit }) => (orgUnit === null ? [] : [orgUnit]))]);
  const users = new Map<string, Set<string>>([['', units]]);
  for (const { level, userId, orgUnit } of scopes) {
    if (level !== 'user' || userId === null) continue;
    const known = users.get(userId) ?? new Set<string>();
    for (const unit of orgUnit === null ? units : [orgUnit]) known.add(unit);
    users.set(userId, known);
  }
  for (const userId of policies.flatMap(({ canaryFor = [] }) => canaryFor)) users.set(userId, units);
  return [...users]
    .flatMap(([userId, theirs]) => [...theirs].map((orgUnit) => ({ userId, orgUnit })))
    .filter((person) => scopeCovers(scope, person));
}

function compare(
  domain: GovernedDomain,
  before: MergedPolicy | undefined,
  after: MergedPolicy | undefined,
): readonly string[] {
  if (after === undefined) return [];
  if (before === undefined) return [`${domain}: no policy, which denies everything -> a policy`];
  const fields: readonly PolicyField<never>[] = policyFields[domain];
  return fields.flatMap((field) => {
    const [was, is] = [before, after].map(({ fields }) => new Map(Object.entries(fields[field.name] ?? {})));
    if (was === undefined || is === undefined) return [];
    const keys = [...new Set([...was.keys(), ...is.keys()])].filter(
      (key) => strictness(field, valueAt(is, key)) < strictness(field, valueAt(was, key)),
    );
    return keys.flatMap((key) => {
      const place = placeOf(field, key, keys);
      return place === undefined ? [] : [`${place}: ${told(valueAt(was, key))} -> ${told(valueAt(is, key))}`];
    });
  });
}

/** An override is two points, for reads and for writes; one of them stands for both. */
function placeOf(field: PolicyField<never>, key: string, keys: readonly string[]): string | undefined {
  const where = field.where(key);
  if (where !== undefined) return where;
  const name = nameOf(key);
  if (name === everywhere) return `${field.name}, whatever is not named`;
  const isTold = keys.some((other) => nameOf(other) === name && field.where(other) !== undefined);
  return isTold ? undefined : `${field.name} ${key}`;
}

/** Where no policy says anything, nothing is limited. */
function strictness(field: PolicyField<never>, point: Point | undefined): number {
  return point === undefined ? Number.NEGATIVE_INFINITY : strictnessOf(field, point.value);
}

function told(point: Point | undefined): string {
  return point === undefined ? 'no limit' : String(point.value);
}
