import type { Actor } from '#domain/person/actor.ts';
import { canariesFirst } from '#domain/policy/canary.ts';
import { scopeCovers } from '#domain/policy/chain.ts';
import { type MergedPolicy, mergePolicies } from '#domain/policy/merge.ts';
import { checkPolicy } from '#domain/policy/policy.schema.ts';
import type { Policy } from '#domain/policy/policy.ts';
import { effectiveRules } from '#domain/policy/reading.ts';
import { type GovernedDomain, governedDomains, type RulesOf } from '#domain/policy/rules.ts';
import type { PolicySnapshot } from './cache.ts';

/** The data document that the Rego decides on: one merged policy per domain, none where no policy speaks. */
export interface EffectivePolicy {
  policy: { readonly [D in GovernedDomain]?: MergedPolicy['fields'] & { sources: MergedPolicy['sources'] } };
}

/** The policies in force for one person; people with the same ones share the effective policy. */
export function policiesFor(
  person: Pick<Actor, 'orgUnit' | 'userId'>,
  policies: readonly Policy[],
): Policy[] {
  return canariesFirst(
    person,
    policies.filter(({ scope }) => scopeCovers(scope, person)),
  );
}

/** Merges, domain by domain, the policies that cover one person; throws when a stored one doesn't fit its domain. */
export function effectivePolicy(policies: readonly Policy[]): EffectivePolicy {
  const merged = governedDomains.flatMap((domain) => {
    const policy = mergeDomain(domain, policies);
    return policy === undefined ? [] : [[domain, { ...policy.fields, sources: policy.sources }] as const];
  });
  return { policy: Object.fromEntries(merged) };
}

/**
 * What holds for one person in one domain, in the form of `rules`; `undefined` where no active policy speaks. Throws
 * when a stored policy doesn't fit its domain.
 */
export function effectiveRulesOf<D extends GovernedDomain>(
  domain: D,
  person: Pick<Actor, 'orgUnit' | 'userId'>,
  policies: readonly Policy[],
): RulesOf[D] | undefined {
  const merged = mergeDomain(domain, policiesFor(person, policies));
  return merged === undefined ? undefined : effectiveRules(domain, merged);
}

export type RulesFor = <D extends GovernedDomain>(
  domain: D,
  person: Pick<Actor, 'tenantId' | 'orgUnit' | 'userId'>,
) => Promise<RulesOf[D] | undefined>;

/**
 * Rules that are needed outside of decisions, such as the label of data that has none, by the policies in force now.
 */
export function createRulesFor({
  readPolicies,
}: {
  readPolicies: (tenantId: string) => Promise<PolicySnapshot>;
}): RulesFor {
  return async (domain, person) => {
    const { policies } = await readPolicies(person.tenantId);
    return effectiveRulesOf(domain, person, policies);
  };
}

/** Merges the policies of one domain; `undefined` where there are none. Throws as `effectivePolicy` does. */
export function mergeDomain<D extends GovernedDomain>(
  domain: D,
  policies: readonly Policy[],
): MergedPolicy | undefined {
  const own = policies.filter((policy) => policy.domain === domain);
  return mergePolicies(
    domain,
    own.map((policy) => checkPolicy(domain, policy)),
  );
}
