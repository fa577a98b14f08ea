import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withdrawRights } from '#governance/person/withdraw-rights.ts';
import type { Stores } from '#stores/open-stores.ts';
import { entriesOf } from '../../support/audit-entries.ts';
import { openTestStores } from '../../support/open-test-stores.ts';
import { recordEventIn } from '../../support/record-event.ts';

let stores: Stores;
let close: () => Promise<void>;
const at = new Date().toISOString();

beforeAll(async () => {
  ({ stores, close } = await openTestStores());
});
afterAll(() => close());

const person = (userId: string) => ({ tenantId: 'acme', userId });

/** All of them said to have rights at the same moment. */
async function withRights(userId: string, confirmedAt = at) {
  const rights = { userId, email: null, name: null, role: 'user', orgUnit: 'web', statedAt: at } as const;
  await stores.people.confirmed('acme', rights, confirmedAt);
}

const options = () => ({ people: stores.people, recordEvent: recordEventIn(stores) });

async function seen(userId: string) {
  const entries = await entriesOf(stores, 'acme');
  const rights = await stores.people.rights('acme', userId);
  return {
    recorded: entries.filter((entry) => entry.userId === userId && entry.event === 'rights.withdrawn').length,
    withdrawn: rights?.withdrawnAt !== null,
  };
}

const dies = async () => {
  throw new Error('died');
};

describe('rights that the provider no longer gives', () => {
  it('are never withdrawn without an entry', async () => {
    await withRights('a');
    await expect(withdrawRights({ ...options(), recordEvent: dies }, person('a'))).rejects.toThrow('died');
    expect(await seen('a')).toEqual({ recorded: 0, withdrawn: false });
    await withdrawRights(options(), person('a'));
    expect(await seen('a')).toEqual({ recorded: 1, withdrawn: true });
  });

  it('are withdrawn under the entry that is there, by whoever is told the next time', async () => {
    await withRights('b');
    const people = { ...stores.people, withdraw: dies };
    await expect(withdrawRights({ ...options(), people }, person('b'))).rejects.toThrow('died');
    expect(await seen('b')).toEqual({ recorded: 1, withdrawn: false });
    await withdrawRights(options(), person('b'));
    await withdrawRights(options(), person('b'));
    expect(await seen('b')).toEqual({ recorded: 1, withdrawn: true });
  });

  it('are on record once for each time they were given, and for each person', async () => {
    const everybody = ['c', 'd'];
    for (const userId of everybody) await withRights(userId);
    await Promise.all(
      [...everybody, ...everybody].map((userId) => withdrawRights(options(), person(userId))),
    );
    for (const userId of everybody) expect(await seen(userId)).toEqual({ recorded: 1, withdrawn: true });
    await withRights('c', new Date(Date.parse(at) + 1).toISOString());
    await withdrawRights(options(), person('c'));
    expect(await seen('c')).toEqual({ recorded: 2, withdrawn: true });
    expect(await seen('d')).toEqual({ recorded: 1, withdrawn: true });
  });

  it('of somebody who was never seen are no news', async () => {
    await withdrawRights(options(), person('nobody'));
    expect((await seen('nobody')).recorded).toBe(0);
  });
});
