import { createLegalHolds } from '#governance/person/legal-holds.ts';
import type { GatewayParts } from '../../parts.ts';

export type LegalHoldParts = ReturnType<typeof legalHoldParts>;

export function legalHoldParts({ stores, governance, now }: GatewayParts) {
  const { legalHolds, subjects } = stores;
  const holds = createLegalHolds({ legalHolds, now });
  return { legalHolds, subjects, holds, governedRead: governance.governedRead };
}
