import type { Actor } from '#domain/person/actor.ts';
import type { DataRules } from '#domain/policy/rules.ts';
import type { RulesFor } from '../policy/effective.ts';

/** The rules of the data domain for one person; empty where no policy speaks. */
export type ReadDataRules = (actor: Actor) => Promise<DataRules>;

export function createReadDataRules(rulesFor: RulesFor): ReadDataRules {
  return async (actor) => (await rulesFor('data', actor)) ?? {};
}
