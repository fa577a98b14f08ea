import { CodedError } from '#domain/error.ts';
import { nobodyInParticular } from '#domain/policy/oversight.ts';
import { everywhere, pointKey } from '#domain/policy/statement.ts';
import type { PolicyCache } from './cache.ts';
import { mergeDomain, policiesFor } from './effective.ts';
import { policiesInForce } from './in-force.ts';

/** The connectors of this installation that the enterprise's policy, as in force here, lets a tenant use. */
export type AllowedConnectors = (tenantId: string) => Promise<readonly string[]>;

/** None while the tenant doesn't exist; throws `POLICY_ENGINE_UNREACHABLE` when policies can't be read. */
export function createAllowedConnectors({
  policyCache,
  registered,
}: {
  policyCache: Pick<PolicyCache, 'read'>;
  /** Names of the connectors that this installation has. */
  registered: readonly string[];
}): AllowedConnectors {
  return async (tenantId) => {
    const { policies } = await policiesInForce(policyCache, tenantId).catch(noneOfNobody);
    const points = mergeDomain('integrations', policiesFor(nobodyInParticular, policies))?.fields[
      'connectors'
    ];
    return registered.filter((name) => (points?.[pointKey(name)] ?? points?.[everywhere])?.value === true);
  };
}

/** A tenant that is being created has no policies yet. */
function noneOfNobody(error: unknown): { policies: readonly [] } {
  if (error instanceof CodedError && isUnknown(error.cause)) return { policies: [] };
  throw error;
}

function isUnknown(cause: unknown): boolean {
  return cause instanceof CodedError && cause.code === 'TENANT_UNKNOWN';
}
