import type { Actor } from '#domain/actor.ts';
import { checkPolicy } from '#domain/policy.schema.ts';
import type { Policy } from '#domain/policy.ts';
import { scopeCovers } from '#domain/policy-chain.ts';
import { type MergedPolicy, mergePolicies } from '#domain/policy-merge.ts';
import { type GovernedDomain, governedDomains } from '#domain/policy-rules.ts';

/** The data document that the Rego decides on: one merged policy per domain, none where no policy speaks. */
export interface EffectivePolicy {
  policy: { readonly [D in GovernedDomain]?: MergedPolicy['fields'] & { sources: MergedPolicy['sources'] } };
}

/** The active policies that cover the person; who shares them all shares the effective policy. */
export function policiesFor(
  person: Pick<Actor, 'orgUnit' | 'userId'>,
  policies: readonly Policy[],
): Policy[] {
  return policies.filter((policy) => policy.status === 'active' && scopeCovers(policy.scope, person));
}

/** Merges, domain by domain, the policies that cover one person; throws when a stored one doesn't fit its domain. */
export function effectivePolicy(policies: readonly Policy[]): EffectivePolicy {
  const merged = governedDomains.flatMap((domain) => {
    const policy = mergeDomain(domain, policies);
    return policy === undefined ? [] : [[domain, { ...policy.fields, sources: policy.sources }] as const];
  });
  return { policy: Object.fromEntries(merged) };
}

function mergeDomain<D extends GovernedDomain>(
  domain: D,
  policies: readonly Policy[],
): MergedPolicy | undefined {
  const own = policies.filter((policy) => policy.domain === domain);
  return mergePolicies(
    domain,
    own.map((policy) => checkPolicy(domain, policy)),
  );
}
