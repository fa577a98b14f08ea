import type { Actor } from '#domain/person/actor.ts';
import { inPositions } from '#domain/policy/chain.ts';
import { type PolicyLevel, policyLevels } from '#domain/policy/policy.ts';
import type { GovernedDomain, RulesOf } from '#domain/policy/rules.ts';
import type { PolicyCache } from './cache.ts';
import { effectiveRulesOf, policiesFor } from './effective.ts';
import { policiesInForce } from './in-force.ts';

export interface ResolvedPolicy {
  /** `undefined` where no policy speaks. */
  effective: RulesOf[GovernedDomain] | undefined;
  /** All four levels, most authority first; of a level with several policies, the one nearest to the person. */
  hierarchy: readonly { level: PolicyLevel; policyId: string | null }[];
}

/**
 * What holds for one person in one domain, and by which policies (`policy.resolve`). Throws `POLICY_ENGINE_UNREACHABLE`
 * while policies can't be read.
 */
export function createResolvePolicy({ policyCache }: { policyCache: Pick<PolicyCache, 'read'> }) {
  return async (
    domain: GovernedDomain,
    person: Pick<Actor, 'tenantId' | 'userId' | 'orgUnit'>,
  ): Promise<ResolvedPolicy> => {
    const { policies } = await policiesInForce(policyCache, person.tenantId);
    const own = policiesFor(person, policies).filter((policy) => policy.domain === domain);
    const nearest = inPositions(own).flat().toReversed();
    return {
      effective: effectiveRulesOf(domain, person, policies),
      hierarchy: policyLevels.map((level) => ({
        level,
        policyId: nearest.find(({ scope }) => scope.level === level)?.id ?? null,
      })),
    };
  };
}
