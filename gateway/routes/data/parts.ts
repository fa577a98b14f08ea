import type { GatewayParts } from '../../parts.ts';

export type DataParts = ReturnType<typeof dataParts>;

export function dataParts({ stores, governance }: GatewayParts) {
  const { classify, recordEvent } = governance;
  return { classifications: stores.classifications, classify, recordEvent };
}
