import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from '#sandbox/checkout.ts';
import { createChildren } from '#sandbox/children.ts';
import { databaseUserOf, openDataDir } from '#sandbox/data-dir.ts';
import { freePort } from '#sandbox/free-port.ts';
import type { DatabaseUrls } from '#sandbox/parts/databases.ts';
import { startReaper } from '#sandbox/reaper.ts';
import { openStores, type Stores } from '#stores/open-stores.ts';
import { freshEnvelope } from './key-ring.ts';
import { freshSigner } from './signing.ts';
import { openDatabases } from './stack-stores.ts';

/** A PostgreSQL of the test's own with migrated databases, and every store over them. */
export interface OwnPostgres {
  databases: DatabaseUrls;
  stores: Stores;
  /** The key that the stores sign policies with. */
  signing: ReturnType<typeof freshSigner>;
  /** `kill -9`; it stays down until `start`. */
  kill9(): Promise<void>;
  /** Starts it again, and waits until it answers. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export async function startOwnPostgres(env: NodeJS.ProcessEnv = {}): Promise<OwnPostgres> {
  const dir = mkdtempSync(join(tmpdir(), 'openclaw-postgres-'));
  const user = databaseUserOf();
  openDataDir(dir, user);
  chmodSync(dir, 0o711);
  const childrenFile = join(dir, 'children.json');
  startReaper(childrenFile, dir);
  const { databases, process, close } = await openDatabases({
    own: true,
    start: {
      children: createChildren(childrenFile),
      restart: false,
      say: () => {},
      dataDir: dir,
      cacheDir: dir,
      checkout,
      port: await freePort(),
      logFile: join(dir, 'postgres.log'),
      password: 'test',
      user,
      env,
    },
  });
  if (process === undefined) throw new Error('the server is the test’s own');
  const signing = freshSigner();
  const stores = openStores({
    database: { url: databases.databaseUrl },
    audit: { url: databases.auditDatabaseUrl },
    envelope: freshEnvelope(),
    policySigning: signing,
  });
  return {
    databases,
    stores,
    signing,
    kill9: () => process.kill9(),
    start: () => process.start(),
    close: async () => {
      await stores.close();
      await close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
