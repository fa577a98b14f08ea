import { LRUCache } from 'lru-cache';
import type { Actor } from '#domain/person/actor.ts';
import type { Policy } from '#domain/policy/policy.ts';
import type { LoadedPolicy, PolicyEngine } from '#platform/opa/engine.ts';
import { effectivePolicy, policiesFor } from './effective.ts';

type Person = Pick<Actor, 'orgUnit' | 'userId'>;

/** A set of policies at one moment; `scope` names the set: another set has another scope. */
interface NamedPolicies {
  scope: string;
  policies: readonly Policy[];
}

interface LoadedPoliciesOptions {
  engine: PolicyEngine;
  /** Merged policies to keep, about ten kilobytes each. */
  maxLoaded?: number;
  /** People for whom we remember which policies cover them. */
  maxPeople?: number;
}

export interface LoadedPolicies {
  /** Our Rego with the merged policy of the person loaded; people whom the same policies cover share it. */
  for(person: Person, set: NamedPolicies): Promise<LoadedPolicy>;
}

/** Merges and loads each combination of covering policies once, and finds it again without going through the set. */
export function createLoadedPolicies({
  engine,
  maxLoaded = 2_000,
  maxPeople = 10_000,
}: LoadedPoliciesOptions): LoadedPolicies {
  const ofPeople = new LRUCache<string, Covering>({ max: maxPeople });
  const loaded = new LRUCache<string, Promise<LoadedPolicy>>({ max: maxLoaded });

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
      const known = loaded.get(key);
      if (known !== undefined) return known;
      const made = load(engine, own);
      loaded.set(key, made);
      made.catch(() => loaded.delete(key));
      return made;
    },
  };
}

interface Covering {
  own: readonly Policy[];
  key: string;
}

/** Async, so that a policy that can't be merged rejects like one that the engine refuses. */
async function load(engine: PolicyEngine, own: readonly Policy[]): Promise<LoadedPolicy> {
  return engine.load(effectivePolicy(own));
}
