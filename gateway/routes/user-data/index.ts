import type { AnyRoute } from '../../http/route.ts';
import type { GatewayParts } from '../../parts.ts';
import { eraseUserData } from './erase-user-data.ts';
import { exportUserData } from './export-user-data.ts';
import { getErasure } from './get-erasure.ts';
import { userDataParts } from './parts.ts';

export function userDataRoutes(gateway: GatewayParts): readonly AnyRoute[] {
  const parts = userDataParts(gateway);
  return [exportUserData(parts), eraseUserData(parts), getErasure(parts)];
}
