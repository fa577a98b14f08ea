import { openStores, type Stores } from '#stores/open-stores.ts';
import { createTestDatabases, type TestDatabases } from './database.ts';
import { freshEnvelope } from './key-ring.ts';
import { freshSigner } from './signing.ts';

export interface TestStores {
  stores: Stores;
  databases: TestDatabases;
  /** The key that the stores sign policies with. */
  signing: ReturnType<typeof freshSigner>;
  close(): Promise<void>;
}

/** Every store, over databases of the test file's own. */
export async function openTestStores(): Promise<TestStores> {
  const databases = await createTestDatabases();
  const signing = freshSigner();
  const stores = openStores({
    database: { url: databases.databaseUrl },
    audit: { url: databases.auditDatabaseUrl },
    envelope: freshEnvelope(),
    policySigning: signing,
  });
  return {
    stores,
    databases,
    signing,
    close: async () => {
      await stores.close();
      await databases.drop();
    },
  };
}
