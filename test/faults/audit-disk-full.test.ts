import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClassifyData } from '#governance/classification/classify-data.ts';
import { createPerform } from '#governance/perform/perform.ts';
import { migrate } from '#platform/database/migrate.ts';
import { roleNames } from '#platform/database/names.ts';
import { newId } from '#platform/new-id.ts';
import { checkout } from '#sandbox/checkout.ts';
import { createChildren } from '#sandbox/children.ts';
import { databaseUserOf, openDataDir } from '#sandbox/data-dir.ts';
import { freePort } from '#sandbox/free-port.ts';
import { startPostgres } from '#sandbox/parts/postgres.ts';
import { startReaper } from '#sandbox/reaper.ts';
import { openStores, type Stores } from '#stores/open-stores.ts';
import { createTestDatabases } from '../support/database.ts';
import { auditEntry } from '../support/examples.ts';
import { freshEnvelope } from '../support/key-ring.ts';
import { needing } from '../support/needing.ts';
import { readyPerformance } from '../support/ready-performance.ts';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts';

const describe = needing('mount');

const megabytes = 192;

let disk: SmallDisk;
let stores: Stores;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'openclaw-disk-'));
  chmodSync(dir, 0o711);
  closers.push(() => rmSync(dir, { recursive: true, force: true }));
  const user = databaseUserOf();
  disk = await mountSmallDisk(join(dir, 'disk'), megabytes);
  closers.push(() => disk.close());
  openDataDir(disk.path, user);
  chmodSync(disk.path, 0o711);
  const childrenFile = join(dir, 'children.json');
  startReaper(childrenFile, dir);
  const server = await startPostgres({
    children: createChildren(childrenFile),
    restart: false,
    say: () => {},
    dataDir: disk.path,
    cacheDir: dir,
    checkout,
    port: await freePort(),
    logFile: join(dir, 'postgres.log'),
    password: 'test',
    user,
    settings: { min_wal_size: '32MB', max_wal_size: '64MB', autovacuum: 'off' },
  });
  closers.push(server.kill9);

  const databases = await createTestDatabases();
  closers.push(databases.drop);
  const auditAdminUrl = Object.assign(new URL(server.adminUrl), { pathname: '/audit' }).href;
  const auditDatabaseUrl = Object.assign(new URL(auditAdminUrl), {
    username: roleNames(databases.prefix).app,
  }).href;
  const { adminUrl, databaseUrl } = databases;
  await migrate({ adminUrl, databaseUrl, auditAdminUrl, auditDatabaseUrl });
  stores = openStores({
    database: { url: databaseUrl },
    audit: { url: auditDatabaseUrl },
    envelope: freshEnvelope(),
  });
  closers.push(stores.close);
});
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
});

const write = (requestId: string) =>
  stores.ledger.record('acme', {
    decision: null,
    // Long, so that pages are soon full.
    entries: [auditEntry({ requestId, metadata: { padding: 'x'.repeat(1_500) } })],
    dedupeKey: null,
  });

const read = (requestId: string) =>
  stores.auditEntries.query('acme', {
    visibility: { kind: 'tenant' },
    filters: { requestId },
    limit: 1000,
  });

describe('the disk of the audit database is full', () => {
  it('nothing is written and nothing is done, what is there can be read, and room is all it needs', async () => {
    const requestId = newId('request');
    await write(requestId);
    await disk.fill();

    let written = 1;
    const refusal = await (async () => {
      // What is left of the last page takes a few.
      for (; written < 200; written += 1) await write(requestId);
    })().catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'AUDIT_WRITE_FAILED' });

    let sent = 0;
    const perform = createPerform({
      ledger: stores.ledger,
      classify: createClassifyData(stores),
      now: () => new Date(),
      effectSettleMs: 1_000,
      monotonicMs: () => 0,
    });
    const performance = readyPerformance({
      run: async () => {
        sent += 1;
        return {};
      },
    });
    await expect(perform(performance)).rejects.toMatchObject({ code: 'AUDIT_WRITE_FAILED' });
    expect(sent).toBe(0);
    expect((await read(requestId)).entries).toHaveLength(written);

    disk.empty();
    expect(await perform(performance)).toMatchObject({ kind: 'done' });
    expect(sent).toBe(1);
    await write(requestId);
    expect((await read(requestId)).entries).toHaveLength(written + 1);
  });
});
