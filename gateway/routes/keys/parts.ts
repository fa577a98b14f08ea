import type { GatewayParts } from '../../parts.ts';

export type KeyParts = ReturnType<typeof keyParts>;

export function keyParts({ stores, governance, keyRing }: GatewayParts) {
  return {
    wrappedKeys: stores.wrappedKeys,
    governedRead: governance.governedRead,
    /** Ids of the keys in ENCRYPTION_KEYS_FILE. */
    masterKeyIds: () => keyRing.ids,
  };
}
