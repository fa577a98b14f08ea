import type { AnyRoute } from '../../http/route.ts';
import type { GatewayParts } from '../../parts.ts';
import { listConnectors } from './list-connectors.ts';
import { connectorParts } from './parts.ts';

export function connectorRoutes(gateway: GatewayParts): readonly AnyRoute[] {
  return [listConnectors(connectorParts(gateway))];
}
