import { afterAll, beforeAll, expect, it } from 'vitest';
import { openAuditTree } from '../support/audit-tree.ts';
import { effect } from '../support/examples.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { needing } from '../support/needing.ts';
import { type OwnPostgres, startOwnPostgres } from '../support/own-postgres.ts';
import { newSigner } from '../support/sample-export.ts';
import { checkpointsIn } from '../support/sign-head.ts';

const describe = needing('faketime');

const minute = 60;
const hour = 60 * minute;
const lateMs = 180_000;

describe('while the clock of PostgreSQL jumps', () => {
  let clock: FakeClock;
  let postgres: OwnPostgres;
  let tenants = 0;
  const signer = newSigner('k1');

  beforeAll(async () => {
    clock = createFakeClock();
    postgres = await startOwnPostgres(clock.env);
  });
  afterAll(async () => {
    await postgres?.close();
    clock?.close();
  });

  it('the fake clock is what the database goes by', async () => {
    const databaseNow = async () => {
      const { now: at } = await postgres.stores.ledger.beginEffect('acme', effect());
      return Date.parse(at);
    };
    for (const by of [hour, -hour, 0]) {
      clock.jump(by);
      const before = Date.now();
      const itsTime = (await databaseNow()) - by * 1_000;
      // Taken in between; the fake clock may round by a millisecond.
      expect(itsTime).toBeGreaterThanOrEqual(before - 1);
      expect(itsTime).toBeLessThanOrEqual(Date.now() + 1);
    }
  });

  it.each([
    ['49 h back', -49 * hour],
    ['1 h back', -hour],
    ['5 min back', -5 * minute],
    ['1 s back', -1],
    ['1 s ahead', 1],
    ['5 min ahead', 5 * minute],
    ['1 h ahead', hour],
    ['49 h ahead', 49 * hour],
    ['10 years ahead', 87_660 * hour],
  ])(
    '%s and right again, every entry has its place at the next checkpoint, and the log verifies',
    async (_name, by) => {
      const { tree } = postgres.stores;
      for (const jumps of [
        [0, by, 0, 0],
        [by, 0, 0],
        [by, by, 0, by, 0],
      ]) {
        tenants += 1;
        const log = openAuditTree(postgres, `clock-${tenants}`);
        const checkpoint = checkpointsIn(postgres.stores, { signer });
        let since = 0;
        for (const jump of jumps) {
          since = Date.now();
          clock.jump(jump);
          await log.append(Date.now(), Date.now());
          expect(await checkpoint(log.tenantId)).toMatchObject({ kind: 'signed' });
          expect(await log.waiting()).toBe(0);
          expect(await tree.delays(log.tenantId, lateMs)).toMatchObject({ entryId: null });
        }
        const heads = await tree.headsFrom(log.tenantId, 1, 100);
        const times = heads.map(({ claims }) => claims.at);
        expect(times).toEqual(times.toSorted());
        expect(await log.findings(signer.publicKey)).toEqual([]);
        const { headMs } = await tree.delays(log.tenantId, lateMs);
        // The clock is right by now, and so is the age of the last head: it was recorded since.
        expect(headMs).toBeLessThanOrEqual(Date.now() - since + 1);
      }
    },
  );

  it('what was written before a jump and has no place yet is found after it', async () => {
    for (const by of [-49 * hour, -hour, hour, 49 * hour]) {
      tenants += 1;
      const log = openAuditTree(postgres, `clock-${tenants}`);
      const checkpoint = checkpointsIn(postgres.stores, { signer });
      await checkpoint(log.tenantId);
      clock.jump(by);
      await log.append(Date.now());
      clock.jump(0);
      expect((await postgres.stores.tree.delays(log.tenantId, lateMs)).entryId).not.toBeNull();
      await checkpoint(log.tenantId);
      expect(await log.waiting()).toBe(0);
      expect(await postgres.stores.tree.delays(log.tenantId, lateMs)).toMatchObject({ entryId: null });
    }
  });
});
