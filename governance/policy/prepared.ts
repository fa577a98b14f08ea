import { LRUCache } from 'lru-cache';
import type { Actor } from '#domain/person/actor.ts';
import type { Policy } from '#domain/policy/policy.ts';
import type { PolicyEngine, PreparedPolicy } from '#platform/opa/engine.ts';
import { effectivePolicy, policiesFor } from './effective.ts';

type Person = Pick<Actor, 'orgUnit' | 'userId'>;

/** A set of policies at one moment; `scope` names the set: another set has another scope. */
interface NamedPolicies {
  scope: string;
  policies: readonly Policy[];
}

interface PreparedPoliciesOptions {
  engine: PolicyEngine;
  /** Merged policies to keep, about ten kilobytes each. */
  maxPrepared?: number;
  /** People for whom we remember which policies cover them. */
  maxPeople?: number;
}

export interface PreparedPolicies {
  /** Our Rego with the merged policy of the person loaded; people whom the same policies cover share it. */
  for(person: Person, set: NamedPolicies): Promise<PreparedPolicy>;
}

/** Merges and loads each combination of covering policies once, and finds it again without going through the set. */
export function preparedPolicies({
  engine,
  maxPrepared = 2_000,
  maxPeople = 10_000,
}: PreparedPoliciesOptions): PreparedPolicies {
  const ofPeople = new LRUCache<string, Covering>({ max: maxPeople });
  const prepared = new LRUCache<string, Promise<PreparedPolicy>>({ max: maxPrepared });

  const coveringOf = ({ userId, orgUnit }: Person, { scope, policies }: NamedPolicies): Covering => {
    const key = JSON.stringify([scope, orgUnit, userId]);
    const known = ofPeople.get(key);
    if (known !== undefined) return known;
    const own = policiesFor({ userId, orgUnit }, policies);
    const covering = { own, key: JSON.stringify([scope, own.map(({ id, version }) => [id, version])]) };
    ofPeople.set(key, covering);
    return covering;
  };

  return {
    for(person, set) {
      const { own, key } = coveringOf(person, set);
      const known = prepared.get(key);
      if (known !== undefined) return known;
      const made = prepare(engine, own);
      prepared.set(key, made);
      made.catch(() => prepared.delete(key));
      return made;
    },
  };
}

interface Covering {
  own: readonly Policy[];
  key: string;
}

/** Async, so that a policy that can't be merged rejects like one that the engine refuses. */
async function prepare(engine: PolicyEngine, own: readonly Policy[]): Promise<PreparedPolicy> {
  return engine.prepare(effectivePolicy(own));
}
