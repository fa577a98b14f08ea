import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CodedError } from '#domain/error.ts';
import { createEnvelope, type Envelope, keyIdOf } from '#platform/crypto/envelope.ts';
import { parseKeyRing } from '#platform/crypto/key-ring.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { createDataKeyStore, type DataKeyStore } from '#stores/key/data-keys.ts';
import { createWrappedKeyStore, type WrappedKeyStore } from '#stores/key/wrapped-keys.ts';
import { openStores } from '#stores/open-stores.ts';
import { createTestDatabases, type TestDatabases } from '../../support/database.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

const key = () => randomBytes(32).toString('base64');
const masters = { m1: key(), m2: key() };
const ringOf = (active: keyof typeof masters, ...ids: (keyof typeof masters)[]) =>
  parseKeyRing(JSON.stringify({ active, keys: Object.fromEntries(ids.map((id) => [id, masters[id]])) }));

let opened: TestStores;
let store: DataKeyStore;

beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

function open(envelope: Envelope, monotonicMs?: () => number): DataKeyStore {
  return createDataKeyStore({
    database: opened.stores.database,
    envelope,
    ...(monotonicMs === undefined ? {} : { monotonicMs }),
  });
}

function wrappedBy(envelope: Envelope): WrappedKeyStore {
  return createWrappedKeyStore({ database: opened.stores.database, envelope });
}

/** Empties the table, which nothing but the superuser can. */
async function afresh(): Promise<void> {
  await withAdmin(opened.databases.adminUrl, (client) => client.query('DELETE FROM openclaw.data_keys'));
  store = open(createEnvelope(ringOf('m1', 'm1')));
}

/** A tenant whose deletion is due. */
async function doomed(): Promise<string> {
  const { tenants } = opened.stores;
  const id = `t${randomBytes(5).toString('hex')}`;
  await tenants.add({ id, name: 'Doomed', domains: [], oidcIssuer: null });
  await tenants.step(id, { from: ['provisioning'], to: 'active' });
  await tenants.step(id, { from: ['active'], to: 'deleting', waitMs: 0 });
  return id;
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const seal = (from: DataKeyStore, words: string, place: string) =>
  from.envelope.seal(Buffer.from(words), place);

describe("a tenant's data key", () => {
  it('seals what another process opens, and another tenant does not', async () => {
    await afresh();
    await Promise.all([store.ready('acme'), store.ready('globex')]);
    const sealed = seal(store, 'words', 'acme|cnt_1|request_text');
    expect(keyIdOf(sealed)).toMatch(/^dek_/);
    const other = open(createEnvelope(ringOf('m1', 'm1')));
    await other.ready('acme');
    await other.ready('globex');
    expect(text(other.envelope.open(sealed, 'acme|cnt_1|request_text'))).toBe('words');
    for (const place of ['acme|cnt_2|request_text', 'acme|cnt_1|action_input', 'globex|cnt_1|request_text'])
      expect(() => other.envelope.open(sealed, place)).toThrow('could not be decrypted');
  });

  it('is one, however many processes need it first, and each opens what another sealed at once', async () => {
    await afresh();
    const several = Array.from({ length: 6 }, () => open(createEnvelope(ringOf('m1', 'm1'))));
    await Promise.all(several.map((one) => one.ready('globex')));
    for (const from of several) {
      const sealed = seal(from, 'text', 'globex|a|b');
      for (const to of several) expect(text(to.envelope.open(sealed, 'globex|a|b'))).toBe('text');
    }
    const made = await withAdmin(opened.databases.adminUrl, (client) =>
      client.query("SELECT FROM openclaw.data_keys WHERE tenant_id = 'globex'"),
    );
    expect(made.rowCount).toBe(1);
  });

  it('is not made for a tenant that is not there', async () => {
    await afresh();
    await store.ready('nobody');
    expect(() => seal(store, 'words', 'nobody|x|y')).toThrow('could not be decrypted');
    expect((await wrappedBy(createEnvelope(ringOf('m1', 'm1'))).state()).byMasterKey).toEqual([]);
  });

  it('is needed: what was not made ready seals and opens nothing', async () => {
    await afresh();
    expect(() => seal(store, 'words', 'acme|x|y')).toThrow('could not be decrypted');
  });

  it('is held for a minute at most', async () => {
    await afresh();
    let monotonicMs = 0;
    const timed = open(createEnvelope(ringOf('m1', 'm1')), () => monotonicMs);
    await timed.ready('acme');
    const sealed = seal(timed, 'words', 'acme|x|y');
    monotonicMs = 60_001;
    expect(() => timed.envelope.open(sealed, 'acme|x|y')).toThrow('could not be decrypted');
    await timed.ready('acme');
    expect(text(timed.envelope.open(sealed, 'acme|x|y'))).toBe('words');
  });

  it('leaves readable what a master key sealed before there were data keys', async () => {
    await afresh();
    const master = createEnvelope(ringOf('m1', 'm1'));
    const old = master.seal(Buffer.from('old words'), 'acme|x|y');
    await store.ready('acme');
    expect(text(store.envelope.open(old, 'acme|x|y'))).toBe('old words');
    expect(() => store.envelope.open(old, 'acme|x|z')).toThrow('could not be decrypted');
  });
});

describe('destroyed keys', () => {
  it('open nothing, are not made anew and do not come back', async () => {
    await afresh();
    const id = await doomed();
    const place = `${id}|x|y`;
    const other = open(createEnvelope(ringOf('m1', 'm1')));
    await Promise.all([store.ready(id), store.ready('globex'), other.ready(id)]);
    const [own, foreign] = [seal(store, 'words', place), seal(store, 'words', 'globex|x|y')];
    await store.destroyKeysOf(id);
    await store.ready(id);
    expect(() => store.envelope.open(own, place)).toThrow('could not be decrypted');
    expect(() => seal(store, 'words', place)).toThrow('could not be decrypted');
    expect(text(store.envelope.open(foreign, 'globex|x|y'))).toBe('words');
    const late = open(createEnvelope(ringOf('m1', 'm1')));
    await late.ready(id);
    expect(() => late.envelope.open(own, place)).toThrow('could not be decrypted');
    const { rows } = await withAdmin(opened.databases.adminUrl, (client) =>
      client.query('SELECT sealed FROM openclaw.data_keys WHERE tenant_id = $1', [id]),
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ sealed }) => sealed !== null)).toEqual([]);
    await expect(
      withAdmin(opened.databases.adminUrl, (client) =>
        client.query(
          "UPDATE openclaw.data_keys SET sealed = 'x', wrapped_by = 'm1', destroyed_at = NULL WHERE tenant_id = $1",
          [id],
        ),
      ),
    ).rejects.toThrow('stays destroyed');
  });

  it('are those of a tenant whose deletion is due and of no other, and it can not be called off then', async () => {
    await afresh();
    const { tenants } = opened.stores;
    const [due, later] = [await doomed(), await doomed()];
    await tenants.step(later, { from: ['deleting'], to: 'active' });
    await Promise.all([store.ready(due), store.ready(later)]);
    const sealed = seal(store, 'words', `${later}|x|y`);
    await expect(store.destroyKeysOf(later)).rejects.toThrow('not due');
    await tenants.step(later, { from: ['active'], to: 'deleting', waitMs: 3_600_000 });
    await expect(store.destroyKeysOf(later)).rejects.toThrow('not due');
    expect(text(store.envelope.open(sealed, `${later}|x|y`))).toBe('words');
    expect(await tenants.step(later, { from: ['deleting'], to: 'active' })).toBe(true);

    await store.destroyKeysOf(due);
    expect((await tenants.read(due))?.destroyingSince).not.toBeNull();
    expect(await tenants.step(due, { from: ['deleting'], to: 'active' })).toBe(false);
  });
});

describe('for workflow payloads', () => {
  it('a key goes on for a while without the database, and ends when it was destroyed', async () => {
    await afresh();
    const id = await doomed();
    const place = `${id}|x`;
    let monotonicMs = 0;
    let away = false;
    const timed = createDataKeyStore({
      database: {
        inDirectory: (work) =>
          away
            ? Promise.reject(new CodedError('DATABASE_UNAVAILABLE'))
            : opened.stores.database.inDirectory(work),
      },
      envelope: createEnvelope(ringOf('m1', 'm1')),
      monotonicMs: () => monotonicMs,
    });
    const sealed = (await timed.forPayloads(id)).seal(Buffer.from('words'), place);
    expect(await timed.tenantOfKey(keyIdOf(sealed))).toBe(id);
    away = true;
    monotonicMs = 899_000;
    expect(text((await timed.forPayloads(id)).open(sealed, place))).toBe('words');
    await expect(timed.forPayloads('globex')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    monotonicMs = 900_001;
    await expect(timed.forPayloads(id)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    away = false;
    expect(text((await timed.forPayloads(id)).open(sealed, place))).toBe('words');
    await timed.destroyKeysOf(id);
    await expect(timed.forPayloads(id)).rejects.toMatchObject({ code: 'CONTENT_UNREADABLE' });
  });

  it('a key that nobody has is nobody’s', async () => {
    await afresh();
    expect(await store.tenantOfKey('m1')).toBeUndefined();
    expect(await store.tenantOfKey('dek_01M7ZDTPGX18F4P62ZW304AXE6')).toBeUndefined();
  });
});

describe('the walls round the keys', () => {
  const denied = { code: '42501' };

  it('let the directory call what wraps and destroys, and change nothing by itself', async () => {
    await afresh();
    await store.ready('acme');
    for (const statement of [
      sql`DELETE FROM openclaw.data_keys`,
      sql`TRUNCATE openclaw.data_keys`,
      sql`UPDATE openclaw.data_keys SET tenant_id = 'globex'`,
      sql`UPDATE openclaw.data_keys SET id = 'other'`,
      sql`UPDATE openclaw.data_keys SET sealed = 'x'`,
      sql`UPDATE openclaw.data_keys SET sealed = NULL, wrapped_by = NULL, destroyed_at = now()`,
      sql`INSERT INTO openclaw.data_keys (id, tenant_id, sealed, wrapped_by) VALUES ('dek_x', 'acme', 'x', 'm1')`,
    ])
      await expect(opened.stores.database.inDirectory((tx) => statement.execute(tx))).rejects.toMatchObject(
        denied,
      );
  });

  it('let no tenant look', async () => {
    await afresh();
    const looking = opened.stores.database.inTenant('acme', (tx) =>
      sql`SELECT sealed FROM openclaw.data_keys`.execute(tx),
    );
    await expect(looking).rejects.toMatchObject(denied);
  });
});

describe('a new master key', () => {
  it('wraps every key anew, after which the old one can go', async () => {
    await afresh();
    await Promise.all([store.ready('acme'), store.ready('globex')]);
    const sealed = seal(store, 'words', 'acme|x|y');
    const direct = createEnvelope(ringOf('m1', 'm1')).seal(Buffer.from('old words'), 'acme|x|y');

    const both = ringOf('m2', 'm1', 'm2');
    const rotating = wrappedBy(createEnvelope(both));
    const old = both.find('m1');
    if (old === undefined) throw new Error('the test has its keys');
    await rotating.keepMasterKeys(new Map([['m1', old]]));
    expect(await rotating.rewrap('')).toEqual({ rewrapped: 2, unreadable: 0, next: null });
    expect(await rotating.rewrap('')).toEqual({ rewrapped: 0, unreadable: 0, next: null });
    expect(await rotating.state()).toEqual({
      activeMasterKey: 'm2',
      byMasterKey: [{ masterKey: 'm2', keys: 3 }],
      neededMasterKeys: [],
      keptMasterKeys: ['m1'],
      destroyed: 0,
    });

    const alone = ringOf('m2', 'm2');
    const later = open(createEnvelope(alone));
    await later.ready('acme');
    expect(text(later.envelope.open(sealed, 'acme|x|y'))).toBe('words');
    expect(() => later.envelope.open(direct, 'acme|x|y')).toThrow('could not be decrypted');
    const kept = await wrappedBy(createEnvelope(alone)).masterKeys();
    const whole = open(createEnvelope({ ...alone, find: (id) => alone.find(id) ?? kept.get(id) }));
    await whole.ready('acme');
    expect(text(whole.envelope.open(direct, 'acme|x|y'))).toBe('old words');
  });

  it('without the old one reads nothing, and says how many keys it can not wrap', async () => {
    await afresh();
    await store.ready('acme');
    const early = open(createEnvelope(ringOf('m2', 'm2')));
    await early.ready('acme');
    expect(() => seal(early, 'words', 'acme|x|y')).toThrow('could not be decrypted');
    const rows = wrappedBy(createEnvelope(ringOf('m2', 'm2')));
    expect(await rows.rewrap('')).toEqual({ rewrapped: 0, unreadable: 1, next: null });
    expect(await rows.state()).toMatchObject({ byMasterKey: [{ masterKey: 'm1', keys: 1 }] });
  });
});

describe('while work goes on', () => {
  let databases: TestDatabases;
  beforeAll(async () => {
    databases = await createTestDatabases();
  });
  afterAll(() => databases.drop());

  it('a rotation loses and garbles nothing', async () => {
    const storesWith = (envelope: Envelope) =>
      openStores({
        database: { url: databases.databaseUrl },
        audit: { url: databases.auditDatabaseUrl },
        envelope,
      });
    const first = storesWith(createEnvelope(ringOf('m1', 'm1', 'm2')));
    const second = storesWith(createEnvelope(ringOf('m2', 'm1', 'm2')));
    const written: Promise<[string, number]>[] = [];
    const write = (stores: typeof first, n: number) => {
      const saved = stores.content.save({
        tenantId: n % 2 === 0 ? 'acme' : 'globex',
        purpose: 'request_text',
        ownerId: 'u1',
        classification: 'internal',
        value: n,
      });
      written.push(saved.then((ref) => [ref, n]));
    };
    try {
      for (let n = 0; n < 60; n += 1) {
        write(n % 3 === 0 ? second : first, n);
        if (n === 20 || n === 40) await second.wrappedKeys.rewrap('');
        if (n % 10 === 0) await written.at(-1);
      }
      const all = await Promise.all(written);
      await second.wrappedKeys.rewrap('');
      const after = storesWith(createEnvelope(ringOf('m2', 'm2')));
      try {
        for (const [ref, n] of all)
          expect(await after.content.get(n % 2 === 0 ? 'acme' : 'globex', ref)).toBe(n);
      } finally {
        await after.close();
      }
    } finally {
      await Promise.all([first.close(), second.close()]);
    }
  });
});
