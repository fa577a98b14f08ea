import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { newId } from '#platform/new-id.ts';
import { createGrantStore, type GrantStore, type NewGrant } from '#stores/person/grants.ts';
import { freshEnvelope } from '../../support/key-ring.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { patience } from '../../support/patience.ts';

let opened: TestStores;
let grants: GrantStore;

beforeAll(async () => {
  opened = await openTestStores();
  grants = opened.stores.grants;
});
afterAll(() => opened.close());

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

function grant(userId: string, overrides: Partial<NewGrant> = {}): NewGrant {
  return {
    id: newId('grant'),
    userId,
    kind: 'refresh',
    token: 'r0',
    expiresAt: inMs(60_000),
    providerSession: null,
    offline: false,
    ...overrides,
  };
}

const one = { name: 'one', ms: 5_000 };
const other = { name: 'other', ms: 5_000 };

describe('createGrantStore', () => {
  it('lets one ask at a time, and hands on what to ask with next', async () => {
    const made = grant('g1');
    await grants.keep('acme', made);
    expect(await grants.lease('acme', made.id, one)).toEqual({
      status: 'leased',
      kind: 'refresh',
      token: 'r0',
      usedAt: expect.any(String),
    });
    expect(await grants.lease('acme', made.id, other)).toEqual({ status: 'busy' });
    await grants.endLease('acme', made.id, { name: 'other', next: { token: 'stolen', usedAt: inMs(0) } });
    expect(await grants.lease('acme', made.id, other)).toEqual({ status: 'busy' });
    await grants.endLease('acme', made.id, { name: 'one', next: { token: 'r1', usedAt: inMs(0) } });
    expect(await grants.lease('acme', made.id, other)).toMatchObject({ status: 'leased', token: 'r1' });
  });

  it('gives one of many at once the lease', async () => {
    const made = grant('g2');
    await grants.keep('acme', made);
    const asked = ['a', 'b', 'c', 'd', 'e'].map((name) => grants.lease('acme', made.id, { name, ms: 5_000 }));
    const leased = (await Promise.all(asked)).filter(({ status }) => status === 'leased');
    expect(leased.length).toBe(1);
  });

  it('takes the lease of one who never came back', async () => {
    const made = grant('g3');
    await grants.keep('acme', made);
    await grants.lease('acme', made.id, { name: 'dead', ms: 1 });
    await expect
      .poll(() => grants.lease('acme', made.id, one), patience)
      .toMatchObject({ status: 'leased', token: 'r0' });
  });

  it('knows neither what ran out nor what was removed, nor that of another tenant', async () => {
    const [over, removed, theirs] = [grant('g4', { expiresAt: inMs(-1_000) }), grant('g4'), grant('g4')];
    await grants.keep('acme', over);
    await grants.keep('acme', removed);
    await grants.keep('globex', theirs);
    await grants.remove('acme', removed.id);
    for (const { id } of [over, removed, theirs]) {
      expect(await grants.lease('acme', id, one)).toEqual({ status: 'gone' });
    }
    expect(await grants.ofPerson('acme', 'g4')).toEqual([]);
    expect(await grants.deleteExpired('acme')).toBe(1);
  });

  it('keeps one bearer token per person, the newest', async () => {
    const [first, second] = [grant('g5', { kind: 'bearer' }), grant('g5', { kind: 'bearer', token: 'r2' })];
    const browser = grant('g5');
    for (const each of [first, browser, second]) await grants.keep('acme', each);
    const kept = await grants.ofPerson('acme', 'g5');
    expect(kept.map(({ id }) => id).toSorted()).toEqual([browser.id, second.id].toSorted());
    await grants.removeAllOf('acme', 'g5');
    expect(await grants.ofPerson('acme', 'g5')).toEqual([]);
  });

  it('opens no token under another key, nor one moved to another person', async () => {
    const made = grant('g6');
    await grants.keep('acme', made);
    const stranger = createGrantStore({ database: opened.stores.database, envelope: freshEnvelope() });
    await expect(stranger.lease('acme', made.id, { name: 's', ms: 1 })).rejects.toMatchObject({
      code: 'CONTENT_UNREADABLE',
    });
    await withAdmin(opened.databases.adminUrl, (client) =>
      client.query("UPDATE tenant_acme.grants SET user_id = 'thief', leased_until = NULL WHERE id = $1", [
        made.id,
      ]),
    );
    await expect(grants.lease('acme', made.id, one)).rejects.toMatchObject({ code: 'CONTENT_UNREADABLE' });
  });
});
