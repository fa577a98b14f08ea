import type { AnyRoute } from '../../http/route.ts';
import type { GatewayParts } from '../../parts.ts';
import { getMetrics } from './get-metrics.ts';
import { getStatus } from './get-status.ts';

export function statusRoutes(gateway: GatewayParts): readonly AnyRoute[] {
  return [getStatus(gateway), getMetrics(gateway)];
}
