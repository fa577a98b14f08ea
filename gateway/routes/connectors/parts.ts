import { connectors } from '#connectors/registry.ts';
import { createAllowedConnectors } from '#governance/policy/allowed-connectors.ts';
import type { GatewayParts } from '../../parts.ts';

export type ConnectorParts = ReturnType<typeof connectorParts>;

export function connectorParts({ governance, checkSystem }: GatewayParts) {
  /** Every data source of this installation. */
  const connectorNames = connectors.map(({ name }) => name);
  const { policyCache } = governance;
  const allowedConnectors = createAllowedConnectors({ policyCache, registered: connectorNames });
  return { connectorNames, allowedConnectors, checkSystem };
}
