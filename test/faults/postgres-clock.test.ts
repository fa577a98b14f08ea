import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSignHead } from '#activities/audit/heads/sign-head.ts';
import { verifyExport } from '#transparency/verify-export.ts';
import { auditEntry, effect } from '../support/examples.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { needing } from '../support/needing.ts';
import { type OwnPostgres, startOwnPostgres } from '../support/own-postgres.ts';
import { newSigner } from '../support/sample-export.ts';
import { wholeExport } from '../support/whole-export.ts';

const describe = needing('faketime');

const hour = 3_600;

describe('while the clock of PostgreSQL jumps', () => {
  let clock: FakeClock;
  let postgres: OwnPostgres;
  let appended = 0;
  let ourMs = Date.now();
  const signer = newSigner('k1');

  beforeAll(async () => {
    clock = createFakeClock();
    postgres = await startOwnPostgres(clock.env);
  });
  afterAll(async () => {
    await postgres?.close();
    clock?.close();
  });

  const now = () => new Date(ourMs);

  async function append(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      ourMs += 1_000;
      appended += 1;
      const entries = [auditEntry({ timestamp: now().toISOString(), actionDetail: `entry ${appended}` })];
      await postgres.stores.ledger.record('acme', { decision: null, entries, dedupeKey: null });
    }
  }

  async function checkpoint() {
    const { tree } = postgres.stores;
    const lastPublished = async () => undefined;
    const recordEvent = async () => {};
    const make = createSignHead({ tree, signer, trustedKeys: [], lastPublished, recordEvent, now });
    ourMs += 1_000;
    const done = await make('acme', () => {});
    expect(done).toMatchObject({ kind: 'signed' });
  }

  const databaseNow = async () => {
    const { now: at } = await postgres.stores.ledger.beginEffect('acme', effect());
    return Date.parse(at);
  };

  it('the fake clock is what the database goes by', async () => {
    clock.jump(hour);
    expect(await databaseNow()).toBeGreaterThan(Date.now() + 3_000_000);
    clock.jump(-hour);
    expect(await databaseNow()).toBeLessThan(Date.now() - 3_000_000);
    clock.jump(0);
    appended += 2;
  });

  it('the tree takes every entry in the order of the entries’ own times, and the log verifies', async () => {
    await append(3);
    await checkpoint();
    for (const by of [hour, -hour, 0]) {
      clock.jump(by);
      await append(3);
      await checkpoint();
    }
    // What arrived at a time long past is found by the look at everything that comes once an hour.
    ourMs += hour * 1_000;
    await checkpoint();
    const { leaves, head } = await postgres.stores.tree.state('acme');
    expect([leaves, head?.claims.size]).toEqual([appended, appended]);
    const heads = await postgres.stores.tree.heads('acme', { kind: 'newest', limit: 100 });
    const times = heads.map(({ claims }) => claims.at);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(await verified()).toMatchObject({ findings: [], entries: appended });
  });

  async function verified() {
    const bytes: Buffer[] = [];
    for await (const piece of wholeExport(postgres.stores, 'acme')) bytes.push(piece);
    return verifyExport({ bytes, trustedKeys: [signer.publicKey] });
  }
});
