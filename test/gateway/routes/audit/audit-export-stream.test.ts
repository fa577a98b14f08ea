import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exportAudit } from '#gateway/routes/audit/export-audit.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import type { AuditExportReader } from '#stores/audit/export.ts';
import { eventually } from '../../../support/eventually.ts';
import { type FakeProvider, makeKey, signToken, startFakeProvider } from '../../../support/fake-provider.ts';
import { openTestStores, type TestStores } from '../../../support/open-test-stores.ts';
import { proveAll } from '../../../support/proven-entry.ts';
import { newSigner } from '../../../support/sample-export.ts';
import { signHead } from '../../../support/sign-head.ts';
import { createTestApp, openTestIdentity } from '../../../support/test-identity.ts';

/** Twelve pieces of some 7 MB, which is more than the buffers of a connection take. */
const entries = 24_000;
const entryBytes = 3_000;

let opened: TestStores;
let provider: FakeProvider;
let app: FastifyInstance;
let port: number;
let token: string;
/** Pieces read from the database by the running export, and whether it still reads. */
let read = 0;
let isReading = false;

beforeAll(async () => {
  const key = await makeKey('ES256', 'ec-1');
  [opened, provider] = await Promise.all([openTestStores(), startFakeProvider([key])]);
  const { stores, databases } = opened;
  await withAdmin(databases.auditAdminUrl, (client) =>
    client.query(
      `INSERT INTO ledger.audit_entries (id, tenant_id, org_unit, subject, "timestamp", action_type, event,
         personal, sealed, data_accessed, policy_applied, policy_reason, outcome, metadata, leaf_hash)
       SELECT 'aud_' || lpad(n::text, 26, '0'), 'acme', 'engineering', 'sub_gone', now() + n * interval '1 millisecond',
         'read', 'audit.read', sha256(''), '', '[]', '', '', 'success', jsonb_build_object('filling', repeat('x', $2)), sha256(n::text::bytea)
       FROM generate_series(1, $1) AS n`,
      [entries, entryBytes],
    ),
  );
  await proveAll(stores, databases.auditAdminUrl, 'acme');
  const now = () => new Date();
  await signHead(stores, 'acme', { signer: newSigner('k1') });
  const identity = openTestIdentity({ stores, issuer: provider.issuer, publicUrl: 'http://127.0.0.1:8080' });
  const route = exportAudit({
    tree: stores.tree,
    auditExport: watched(stores.auditExport),
    governedRead: async ({ run }) => (await run()).output,
    freshCheckpoint: async () => {},
    now,
  });
  app = await createTestApp(identity, [route]);
  port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
  const seconds = Math.floor(Date.now() / 1_000);
  token = await signToken(key, {
    iss: provider.issuer,
    aud: 'openclaw',
    sub: 'acme-admin',
    iat: seconds,
    exp: seconds + 900,
    tenant: 'acme',
    groups: ['openclaw-admins'],
    org_unit: 'company',
  });
});
afterAll(async () => {
  await app?.close();
  await Promise.all([provider?.close(), opened?.close()]);
});
beforeEach(() => {
  read = 0;
  isReading = false;
});

function watched({ entries: real }: AuditExportReader): AuditExportReader {
  return {
    async *entries(...asked) {
      isReading = true;
      try {
        for await (const piece of real(...asked)) {
          read += 1;
          yield piece;
        }
      } finally {
        isReading = false;
      }
    },
  };
}

/** A client that reads nothing beyond the first bytes. */
async function ask(format: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `GET /api/v1/audit/export?format=${format} HTTP/1.1\r\nhost: here\r\nauthorization: Bearer ${token}\r\n\r\n`,
  );
  const first = await new Promise<string>((resolve, reject) => {
    socket.once('data', (bytes) => resolve(bytes.toString()));
    socket.once('error', reject);
  });
  socket.pause();
  expect(first).toContain('HTTP/1.1 200 OK');
  return socket;
}

/** How many pieces were read once no more are. */
async function standsStill(): Promise<number> {
  for (let before = -1; before !== read; ) {
    before = read;
    await pause(500);
  }
  return read;
}

describe('an export whose reader', () => {
  it('is slow reads no further than the reader, and goes on with it', async () => {
    const socket = await ask('json');
    const stalledAt = await standsStill();
    expect(stalledAt).toBeLessThan(8);
    expect(isReading).toBe(true);
    let bytes = 0;
    socket.on('data', (some) => {
      bytes += some.length;
    });
    socket.resume();
    await eventually(
      async () => isReading,
      (reading) => !reading,
    );
    expect(read).toBe(entries / 2_000);
    await eventually(
      async () => bytes,
      (all) => all > entries * entryBytes,
    );
    socket.destroy();
  });

  it('hangs up is over: nothing more is read, and its connections are free', async () => {
    const socket = await ask('json');
    await standsStill();
    socket.destroy();
    await eventually(
      async () => isReading,
      (reading) => !reading,
    );
    expect(read).toBeLessThan(8);
    const connections = () =>
      new Promise<number>((resolve, reject) => {
        app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
      });
    await eventually(connections, (open) => open === 0);
    const busy = () =>
      withAdmin(opened.databases.auditAdminUrl, async (client) => {
        const { rows } = await client.query(
          `SELECT FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
             AND backend_type = 'client backend'`,
        );
        return rows.length;
      });
    await eventually(busy, (connected) => connected === 0);
  });
});
