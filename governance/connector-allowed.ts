import { everywhere, pointKey } from '#domain/policy-statement.ts';
import { effectivePolicy, policiesFor } from './effective-policy.ts';
import type { HeldPolicies } from './hold-policies.ts';
import { policiesInForce } from './policies-in-force.ts';

/** Nobody in particular: only the enterprise's own policies cover them. */
const enterprise = { orgUnit: '', userId: '' };

/**
 * Does the enterprise's policy, as it is in force in this process, list the connector in `allowed_connectors`? Throws
 * `POLICY_ENGINE_UNREACHABLE` when no policy can be read.
 */
export function createConnectorAllowed({ heldPolicies }: { heldPolicies: Pick<HeldPolicies, 'read'> }) {
  return async (tenantId: string, connector: string): Promise<boolean> => {
    const { policies } = await policiesInForce(heldPolicies, tenantId);
    const integrations = policiesFor(enterprise, policies).filter(({ domain }) => domain === 'integrations');
    const points = effectivePolicy(integrations).policy.integrations?.['connectors'];
    return (points?.[pointKey(connector)] ?? points?.[everywhere])?.value === true;
  };
}
