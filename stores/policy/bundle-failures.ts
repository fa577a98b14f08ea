import { sql } from 'kysely';
import type { DirectoryDatabase } from '../database.ts';

export const bundleFailuresChannel = 'openclaw_bundle_failures';

export interface BundleFailureStore {
  /** Tells every process that listens; kept nowhere. */
  tell(failure: Readonly<Record<string, string>>): Promise<void>;
}

export function createBundleFailureStore(database: DirectoryDatabase): BundleFailureStore {
  return {
    tell: (failure) =>
      database.inDirectory(async (tx) => {
        await sql`SELECT pg_notify(${bundleFailuresChannel}, ${JSON.stringify(failure)})`.execute(tx);
      }),
  };
}
