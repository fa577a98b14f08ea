import { openStores, type Stores } from '#stores/open-stores.ts';
import { createTestDatabases, type TestDatabases } from './database.ts';
import { freshEnvelope } from './key-ring.ts';

export interface TestStores {
  stores: Stores;
  databases: TestDatabases;
  close(): Promise<void>;
}

/** Every store, over databases of the test file's own. */
export async function openTestStores(): Promise<TestStores> {
  const databases = await createTestDatabases();
  const stores = openStores({
    database: { url: databases.databaseUrl },
    audit: { url: databases.auditDatabaseUrl },
    envelope: freshEnvelope(),
  });
  return {
    stores,
    databases,
    close: async () => {
      await stores.close();
      await databases.drop();
    },
  };
}
