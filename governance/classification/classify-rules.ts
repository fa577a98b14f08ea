import type { Actor } from '#domain/actor.ts';
import type { DataRules } from '#domain/policy-rules.ts';
import type { RulesFor } from './effective-policy.ts';

/** What the data domain says for one person; empty where no policy speaks. */
export type ReadDataRules = (actor: Actor) => Promise<DataRules>;

export function createReadDataRules(rulesFor: RulesFor): ReadDataRules {
  return async (actor) => (await rulesFor('data', actor)) ?? {};
}
