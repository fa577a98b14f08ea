import type { LoginKind } from '#platform/database/names.ts';
import type { Stores } from '#stores/open-stores.ts';
import { createTestDatabases, type TestDatabases } from './database.ts';
import { freshEnvelope } from './key-ring.ts';
import { freshSigner } from './signing.ts';
import { giveKeys, storesOf } from './stores-of.ts';

export interface TestStores {
  stores: Stores;
  databases: TestDatabases;
  /** The key that the stores sign policies with. */
  signing: ReturnType<typeof freshSigner>;
  /** The same stores as one process has them, by its own login: what it may not do fails here too. */
  as(process: LoginKind): Promise<Stores>;
  close(): Promise<void>;
}

/** Every store, over databases of the test file's own. */
export async function openTestStores(): Promise<TestStores> {
  const databases = await createTestDatabases();
  const signing = freshSigner();
  const { open, close } = storesOf({ envelope: freshEnvelope(), policySigning: signing });
  const stores = open(databases);
  return {
    stores,
    databases,
    signing,
    async as(process) {
      await giveKeys(stores);
      return open(databases.as(process));
    },
    close: async () => {
      await close();
      await databases.drop();
    },
  };
}
