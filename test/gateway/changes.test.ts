import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Changes, createChanges } from '#gateway/changes.ts';
import { createTestDatabases, type TestDatabases } from '../support/database.ts';

const patienceMs = 10_000;
const quietMs = 200;

describe('changes', () => {
  let databases: TestDatabases;
  let admin: Client;
  let changes: Changes;
  const never = new AbortController().signal;

  beforeAll(async () => {
    databases = await createTestDatabases();
    admin = new Client({ connectionString: databases.adminUrl });
    await admin.connect();
    const log = { info: () => {}, warn: () => {} };
    changes = createChanges({ url: databases.databaseUrl, log, retryMs: 20 });
  });
  afterAll(async () => {
    await changes?.close();
    await admin?.end();
    await databases?.drop();
  });

  const notify = (payload: string) => admin.query("SELECT pg_notify('openclaw_changes', $1)", [payload]);
  const changeOf = (tenant: string, request_id: string) =>
    notify(JSON.stringify({ tenant, request_id, state: 'running' }));

  it('begin with a look: the first connection tells everybody', async () => {
    const first = changes.subscribe('acme', 'first');
    expect(await first.changed(patienceMs, never)).toBe(true);
    first.close();
  });

  it('reach whoever watches that request, and nobody else', async () => {
    const watchers = [
      changes.subscribe('acme', 'r1'),
      changes.subscribe('acme', 'r1'),
      changes.subscribe('acme', 'r2'),
      changes.subscribe('globex', 'r1'),
    ];
    await changeOf('acme', 'r1');
    const told = await Promise.all(
      watchers.map((watcher, index) => watcher.changed(index < 2 ? patienceMs : quietMs, never)),
    );
    expect(told).toEqual([true, true, false, false]);
    for (const watcher of watchers) watcher.close();
  });

  it('that come while nobody waits are told at the next look, once', async () => {
    const watcher = changes.subscribe('acme', 'r3');
    const other = changes.subscribe('acme', 'r3');
    await changeOf('acme', 'r3');
    expect(await other.changed(patienceMs, never)).toBe(true);
    expect(await watcher.changed(quietMs, never)).toBe(true);
    expect(await watcher.changed(quietMs, never)).toBe(false);
    watcher.close();
    other.close();
  });

  it('are told after a lost connection too: everybody looks again', async () => {
    const watcher = changes.subscribe('acme', 'r4');
    await admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'openclaw changes'",
    );
    expect(await watcher.changed(patienceMs, never)).toBe(true);
    await changeOf('acme', 'r4');
    expect(await watcher.changed(patienceMs, never)).toBe(true);
    watcher.close();
  });

  it('do not mind notices that are none', async () => {
    const watcher = changes.subscribe('acme', 'r5');
    for (const payload of ['', '{', '[]', '{"tenant":7}']) await notify(payload);
    await changeOf('acme', 'r5');
    expect(await watcher.changed(patienceMs, never)).toBe(true);
    watcher.close();
  });

  it('stop being waited for when the watcher has gone', async () => {
    const gone = new AbortController();
    const watcher = changes.subscribe('acme', 'r6');
    const waiting = watcher.changed(patienceMs, gone.signal);
    gone.abort();
    expect(await waiting).toBe(false);
    watcher.close();
  });
});
