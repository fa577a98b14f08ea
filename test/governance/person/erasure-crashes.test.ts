import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createErasePerson } from '#governance/person/erase.ts';
import { createLegalHolds } from '#governance/person/legal-holds.ts';
import { createReconcileEntries } from '#governance/upkeep/reconcile-entries.ts';
import type { Stores } from '#stores/open-stores.ts';
import { entriesOf } from '../../support/audit-entries.ts';
import { admin, erasureScene } from '../../support/erasure-scene.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { recordEventIn } from '../../support/record-event.ts';

let opened: TestStores;
let scene: ReturnType<typeof erasureScene>;
const now = () => new Date();

beforeAll(async () => {
  opened = await openTestStores();
  scene = erasureScene(opened);
});
afterAll(() => opened.close());

class Died extends Error {}

/** An erasure that dies at its nth step, a call that reads or writes, before that is carried out. `took`: how many it began. */
function dyingAt(nth: number) {
  const taken = { steps: 0 };
  const step = async () => {
    taken.steps += 1;
    if (taken.steps === nth) throw new Died();
  };
  const stepping = <Store extends object>(store: Store): Store =>
    new Proxy(store, {
      get: (target, name, receiver) => {
        const method: unknown = Reflect.get(target, name, receiver);
        if (typeof method !== 'function') return method;
        return async (...given: unknown[]): Promise<unknown> => {
          await step();
          return Reflect.apply(method, target, given);
        };
      },
    });
  const { erasures, legalHolds, subjects, retention }: Stores = opened.stores;
  const record = recordEventIn(opened.stores, now);
  const erase = createErasePerson({
    stores: {
      erasures: stepping(erasures),
      legalHolds: stepping(legalHolds),
      subjects: stepping(subjects),
      retention: stepping(retention),
    },
    recordEvent: async (...given) => {
      await step();
      return record(...given);
    },
  });
  return { erase, taken };
}

const placeAll = () => opened.stores.tree.place('acme', { wholly: true, limit: 10_000 });
const gaps = async () => {
  await placeAll();
  return createReconcileEntries({ ...opened.stores, now })('acme');
};

describe('an erasure that dies', () => {
  it('anywhere leaves nothing that looks like a destruction, and ends as it should, also with a hold placed since', async () => {
    const { subjects } = opened.stores;
    const holds = createLegalHolds({ legalHolds: opened.stores.legalHolds, now });
    const cells: { name: string; nth: number; isHeld: boolean; ended: string; word: unknown }[] = [];
    for (const isHeld of [false, true]) {
      for (let nth = 1, isOver = false; !isOver; nth += 1) {
        const name = `dies-at-${nth}-${isHeld}`;
        await scene.person(name);
        const subject = (await subjects.find('acme', name)) ?? '';
        const id = await scene.begin(name);
        const { erase, taken } = dyingAt(nth);
        const done = await erase(admin, id).catch((error: unknown) => {
          if (!(error instanceof Died)) throw error;
          return undefined;
        });
        isOver = done !== undefined;
        const keyOf = async () =>
          (await subjects.userIds('acme', [subject])).has(subject) ? 'there' : 'gone';
        const atDeath = await keyOf();
        expect([name, await gaps()]).toEqual([name, []]);
        const hold = isHeld
          ? await holds.place(admin, { userId: name, from: null, to: null, reason: 'since' })
          : '';
        const ended = await scene.erase(admin, id);
        expect(ended).toMatchObject({ state: 'done' });
        expect([name, await gaps()]).toEqual([name, []]);
        const words = (await entriesOf(opened.stores, 'acme')).filter(
          ({ metadata }) => metadata['erasure_id'] === id && metadata['key'] !== undefined,
        );
        const word = words.find(({ outcome }) => outcome === 'success')?.metadata['key'];
        // A hold keeps what is there; what is gone, it can't.
        expect([name, await keyOf()]).toEqual([name, isHeld ? atDeath : 'gone']);
        expect([name, word]).toEqual([name, (await keyOf()) === 'gone' ? 'destroyed' : 'kept']);
        if (isHeld) await holds.release(admin, hold, 'over');
        cells.push({ name, nth, isHeld, ended: atDeath, word });
        expect(taken.steps).toBeLessThan(40);
      }
    }
    expect(cells.length).toBeGreaterThan(25);
    // Both happened: a hold that came in time, and one that came too late.
    expect(cells.filter(({ isHeld, word }) => isHeld && word === 'kept').length).toBeGreaterThan(5);
    expect(cells.filter(({ isHeld, word }) => isHeld && word === 'destroyed').length).toBeGreaterThan(1);
  }, 60_000);
});
