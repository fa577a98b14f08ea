import type { AnyRoute } from '../../http/route.ts';
import type { GatewayParts } from '../../parts.ts';
import { decodeRoutes } from './decode-routes.ts';
import { codecParts } from './parts.ts';

export function codecRoutes(gateway: GatewayParts): readonly AnyRoute[] {
  const parts = codecParts(gateway);
  return parts === undefined ? [] : decodeRoutes(parts);
}
