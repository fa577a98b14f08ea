import type { AnyRoute } from '../../http/route.ts';
import type { GatewayParts } from '../../parts.ts';
import { dataParts } from './parts.ts';
import { putClassification } from './put-classification.ts';

export function dataRoutes(gateway: GatewayParts): readonly AnyRoute[] {
  return [putClassification(dataParts(gateway))];
}
