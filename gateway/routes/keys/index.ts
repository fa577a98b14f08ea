import type { AnyRoute } from '../../http/route.ts';
import type { GatewayParts } from '../../parts.ts';
import { getKeys } from './get-keys.ts';
import { keyParts } from './parts.ts';

export function keyRoutes(gateway: GatewayParts): readonly AnyRoute[] {
  return [getKeys(keyParts(gateway))];
}
