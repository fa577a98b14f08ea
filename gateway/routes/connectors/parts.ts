import { connectors } from '#connectors/registry.ts';
import type { GatewayParts } from '../../parts.ts';

export type ConnectorParts = ReturnType<typeof connectorParts>;

export function connectorParts({ allowedConnectors, checkSystem }: GatewayParts) {
  /** Every data source of this installation. */
  const connectorNames = connectors.map(({ name }) => name);
  return { connectorNames, allowedConnectors, checkSystem };
}
