import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { openDatabase, type StoreDatabase, type TenantTx } from '#stores/database.ts';
import { createTestDatabases, type TestDatabases } from '../../support/database.ts';
import { patience } from '../../support/patience.ts';

let databases: TestDatabases;
let database: StoreDatabase;

beforeAll(async () => {
  databases = await createTestDatabases();
  database = openDatabase({ url: databases.databaseUrl, maxConnections: 3 });
});
afterAll(async () => {
  await database.close();
  await databases.drop();
});

const one = (tx: TenantTx) => sql<{ one: number }>`SELECT 1 AS one`.execute(tx);

/** Ends every connection of the runtime login, as a restart of the server does; returns once all are gone. */
async function cutConnections(): Promise<void> {
  await withAdmin(databases.adminUrl, (client) =>
    client.query(
      'SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND usename = $1',
      [`${databases.prefix}_app`],
    ),
  );
}

describe('inTenant', () => {
  it('commits what work did, and nothing of what it threw over', async () => {
    const add = (tx: TenantTx, userId: string) =>
      tx
        .insertInto('people')
        .values({
          user_id: userId,
          email: null,
          name: null,
          role: 'user',
          org_unit: 'x',
          stated_at: '2026-01-01',
        })
        .execute();
    await database.inTenant('acme', (tx) => add(tx, 'kept'));
    const failing = database.inTenant('acme', async (tx) => {
      await add(tx, 'dropped');
      throw new TypeError('changed my mind');
    });
    await expect(failing).rejects.toThrow(new TypeError('changed my mind'));
    const rows = await database.inTenant('acme', (tx) => tx.selectFrom('people').select('user_id').execute());
    expect(rows).toEqual([{ user_id: 'kept' }]);
  });

  it('does not pretend to commit when a failed statement was swallowed', async () => {
    const swallowed = database.inTenant('acme', async (tx) => {
      await sql`SELECT 1 / 0`.execute(tx).catch(() => {});
    });
    await expect(swallowed).rejects.toThrow('rolled back');
  });

  it('hands out nothing that works after the end', async () => {
    let kept: TenantTx | undefined;
    await database.inTenant('acme', async (tx) => {
      kept = tx;
    });
    expect(kept).toBeDefined();
    if (kept !== undefined) await expect(one(kept)).rejects.toThrow('has ended');
  });

  it('keeps parallel transactions of two tenants apart on few connections', async () => {
    const roles = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        database.inTenant(index % 2 === 0 ? 'acme' : 'globex', async (tx) => {
          const { rows } = await sql<{ schema: string }>`SELECT current_schema() AS schema`.execute(tx);
          return rows[0]?.schema;
        }),
      ),
    );
    expect(roles).toEqual(
      Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'tenant_acme' : 'tenant_globex')),
    );
  });

  it('says TENANT_UNKNOWN for a role that does not exist, and uses the connection again', async () => {
    await expect(database.inTenant('initech', one)).rejects.toMatchObject({ code: 'TENANT_UNKNOWN' });
    expect((await database.inTenant('acme', one)).rows).toEqual([{ one: 1 }]);
  });

  it('refuses NUL and lone surrogates in any parameter, lists included', async () => {
    for (const text of ['\0', 'a\ud800', '\udfffb']) {
      await expect(
        database.inTenant('acme', (tx) => sql`SELECT ${text}::text`.execute(tx)),
      ).rejects.toMatchObject({ code: 'INVALID_TEXT' });
      await expect(
        database.inTenant('acme', (tx) => sql`SELECT ${[text]}::text[]`.execute(tx)),
      ).rejects.toMatchObject({ code: 'INVALID_TEXT' });
    }
    const emoji = await database.inTenant('acme', (tx) =>
      sql<{ t: string }>`SELECT ${'🎈'} AS t`.execute(tx),
    );
    expect(emoji.rows).toEqual([{ t: '🎈' }]);
  });
});

describe('a lost connection', () => {
  it('is DATABASE_UNAVAILABLE in the middle of a transaction, and the next call works again', async () => {
    const cut = database.inTenant('acme', async (tx) => {
      await one(tx);
      await cutConnections();
      await one(tx);
    });
    await expect(cut).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect((await database.inTenant('acme', one)).rows).toEqual([{ one: 1 }]);
  });

  it('while idle is told to the listener and replaced', async () => {
    const lost: Error[] = [];
    const idle = openDatabase({
      url: databases.databaseUrl,
      maxConnections: 3,
      onConnectionLost: (error) => lost.push(error),
    });
    await Promise.all(
      [1, 2, 3].map(() => idle.inTenant('acme', (tx) => sql`SELECT pg_sleep(0.1)`.execute(tx))),
    );
    await cutConnections();
    await expect.poll(() => lost.length, patience).toBe(3);
    await idle.ping();
    expect((await idle.inTenant('acme', one)).rows).toEqual([{ one: 1 }]);
    await idle.close();
  });
});

describe('an absent server', () => {
  it.each([
    ['nobody listens', (url: URL) => Object.assign(url, { port: '1' })],
    ['no such database', (url: URL) => Object.assign(url, { pathname: '/nothing_here' })],
  ])('%s: DATABASE_UNAVAILABLE', async (_, change) => {
    const { href } = change(new URL(databases.databaseUrl));
    const away = openDatabase({ url: href, connectTimeoutMs: 2000 });
    await expect(away.ping()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await expect(away.inTenant('acme', one)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await away.close();
  });

  it('a pool without a free connection: DATABASE_UNAVAILABLE', async () => {
    const narrow = openDatabase({ url: databases.databaseUrl, maxConnections: 1, connectTimeoutMs: 2_000 });
    const { promise: holding, resolve: release } = Promise.withResolvers<void>();
    const holder = narrow.inTenant('acme', () => holding);
    await expect(narrow.inTenant('acme', one)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    release();
    await holder;
    await narrow.close();
  });
});

describe('changes', () => {
  it('are told once the transaction has committed: tenant, request and state', async () => {
    const listener = new pg.Client({ connectionString: databases.databaseUrl });
    await listener.connect();
    const told: unknown[] = [];
    listener.on('notification', ({ payload }) => told.push(JSON.parse(payload ?? 'null')));
    await listener.query('LISTEN openclaw_changes');
    await database.inTenant('acme', async (tx) => {
      await sql`INSERT INTO content (id, purpose, owner_id, classification, sealed)
        VALUES ('cnt_01J00000000000000000000000', 'request_text', 'u', 'internal', '\\x00')`.execute(tx);
      await sql`INSERT INTO requests (id, user_id, role, org_unit, idempotency_key, body_digest, text_ref, state)
        VALUES ('req_told', 'u', 'user', 'x', 'k', 'd', 'cnt_01J00000000000000000000000', 'received')`.execute(
        tx,
      );
    });
    const set = (state: string) =>
      database.inTenant('acme', (tx) => sql`UPDATE requests SET state = ${state}`.execute(tx));
    await set('running');
    await set('running');
    await set('answered');
    await expect.poll(() => told.length, patience).toBe(3);
    expect(told).toEqual(
      ['received', 'running', 'answered'].map((state) => ({ tenant: 'acme', request_id: 'req_told', state })),
    );
    await listener.end();
  });
});
