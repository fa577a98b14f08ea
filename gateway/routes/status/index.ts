import type { AnyRoute } from '../../http/route.ts';
import type { GatewayParts } from '../../parts.ts';
import { getMetrics } from './get-metrics.ts';
import { getStatus } from './get-status.ts';
import { listProblems } from './list-problems.ts';

export function statusRoutes(gateway: GatewayParts): readonly AnyRoute[] {
  return [getStatus(gateway), listProblems(gateway), getMetrics(gateway)];
}
