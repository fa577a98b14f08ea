import type { Envelope } from '#platform/crypto/envelope.ts';
import { openStores, type Stores } from '#stores/open-stores.ts';
import type { PolicySigning } from '#stores/policy/version-proof.ts';

/** As provisioning does: the other processes wait for the first key of a tenant. */
export async function giveKeys({ tenants, dataKeys }: Pick<Stores, 'tenants' | 'dataKeys'>): Promise<void> {
  for (const id of await tenants.withoutKeys()) await dataKeys.ready(id);
}

/** Opens stores of one installation as often as a test needs them, and closes them together. */
export function storesOf(keys: { envelope: Envelope; policySigning: PolicySigning }): {
  open(urls: { databaseUrl: string; auditDatabaseUrl: string }): Stores;
  close(): Promise<void>;
} {
  const opened: Stores[] = [];
  return {
    open({ databaseUrl, auditDatabaseUrl }) {
      const stores = openStores({
        database: { url: databaseUrl },
        audit: { url: auditDatabaseUrl },
        ...keys,
      });
      opened.push(stores);
      return stores;
    },
    async close() {
      for (const stores of opened) await stores.close();
    },
  };
}
