import type { AnyRoute } from '../../http/route.ts';
import type { GatewayParts } from '../../parts.ts';
import { deleteLegalHold } from './delete-legal-hold.ts';
import { listLegalHolds } from './list-legal-holds.ts';
import { legalHoldParts } from './parts.ts';
import { postLegalHold } from './post-legal-hold.ts';

export function legalHoldRoutes(gateway: GatewayParts): readonly AnyRoute[] {
  const parts = legalHoldParts(gateway);
  return [listLegalHolds(parts), postLegalHold(parts), deleteLegalHold(parts)];
}
