import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import type { PeopleStore, SeenPerson } from '#stores/person/people.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;
let people: PeopleStore;

beforeAll(async () => {
  opened = await openTestStores();
  people = opened.stores.people;
});
afterAll(() => opened.close());

const minutes = (count: number) => new Date(Date.now() + count * 60_000).toISOString();

function person(userId: string, overrides: Partial<SeenPerson> = {}): SeenPerson {
  return {
    userId,
    email: `${userId}@acme.test`,
    name: 'Uma User',
    role: 'user',
    orgUnit: 'engineering/web',
    statedAt: minutes(-10),
    issuedAt: overrides.statedAt ?? minutes(-10),
    ...overrides,
  };
}

describe('createPeopleStore', () => {
  it('knows the rights last stated, and nobody it has not seen', async () => {
    await people.seen('acme', person('p1'));
    await people.seen('acme', person('p1', { role: 'team_lead', statedAt: minutes(-5) }));
    expect(await people.rights('acme', 'p1')).toMatchObject({
      tenantId: 'acme',
      userId: 'p1',
      role: 'team_lead',
      orgUnit: 'engineering/web',
      revokedAt: null,
    });
    expect(await people.rights('globex', 'p1')).toBeUndefined();
  });

  it('does not take rights back from an older statement', async () => {
    await people.seen('acme', person('p2', { role: 'user', statedAt: minutes(-1) }));
    await people.seen('acme', person('p2', { role: 'enterprise_admin', statedAt: minutes(-9) }));
    expect(await people.rights('acme', 'p2')).toMatchObject({ role: 'user' });
  });

  it('stays revoked until the provider states the rights anew', async () => {
    await people.seen('acme', person('p3'));
    await people.revoke('acme', 'p3');
    await people.seen('acme', person('p3', { role: 'team_lead', statedAt: minutes(-1) }));
    expect((await people.rights('acme', 'p3'))?.revokedAt).toEqual(expect.any(String));
    await people.seen('acme', person('p3', { statedAt: minutes(1) }));
    expect((await people.rights('acme', 'p3'))?.revokedAt).toBeNull();
  });

  it('writes nothing when nothing changed within a minute', async () => {
    await people.seen('acme', person('p4'));
    const version = () =>
      withAdmin(opened.databases.adminUrl, async (client) => {
        const { rows } = await client.query(`SELECT xmin FROM tenant_acme.people WHERE user_id = 'p4'`);
        return rows[0].xmin;
      });
    const before = await version();
    await people.seen('acme', person('p4', { statedAt: minutes(-3) }));
    expect(await version()).toBe(before);
    await people.seen('acme', person('p4', { name: 'Uma New' }));
    await people.seen('acme', person('p4', { name: 'Uma Newer', statedAt: minutes(-2) }));
    expect(await version()).not.toBe(before);
  });

  it('goes by what the provider said when it was asked, whatever an older token says', async () => {
    const asked = minutes(-4);
    await people.confirmed('acme', person('p6', { statedAt: minutes(-9) }), asked);
    await people.seen('acme', person('p6', { role: 'enterprise_admin', statedAt: minutes(-5) }));
    expect(await people.rights('acme', 'p6')).toMatchObject({ role: 'user', confirmedAt: asked });
    await people.confirmed('acme', person('p6', { role: 'org_admin' }), minutes(-6));
    expect(await people.rights('acme', 'p6')).toMatchObject({ role: 'user', confirmedAt: asked });
    await people.seen('acme', person('p6', { role: 'team_lead', statedAt: minutes(-3) }));
    expect(await people.rights('acme', 'p6')).toMatchObject({ role: 'team_lead' });
  });

  it('takes rights away that the provider gives no more, until it gives some again', async () => {
    expect(await people.withdraw('acme', 'never seen')).toBe(false);
    await people.seen('acme', person('p7'));
    expect(await people.withdraw('acme', 'p7')).toBe(true);
    expect(await people.withdraw('acme', 'p7')).toBe(false);
    expect((await people.rights('acme', 'p7'))?.withdrawnAt).toEqual(expect.any(String));
    await people.confirmed('acme', person('p7'), minutes(0));
    expect(await people.rights('acme', 'p7')).toMatchObject({ withdrawnAt: null });
  });

  it('never forgets up to when sign-ins were revoked', async () => {
    await people.seen('acme', person('p8'));
    expect(await people.revoke('acme', 'p8')).toBe(true);
    await people.seen('acme', person('p8', { statedAt: minutes(1) }));
    const rights = await people.rights('acme', 'p8');
    expect(rights).toMatchObject({ revokedAt: null, notBefore: expect.any(String) });
    expect(await people.revoke('acme', 'never seen')).toBe(false);
  });

  it('names those it knows', async () => {
    await people.seen('acme', person('p5', { name: null }));
    const names = await people.names('acme', ['p5', 'nobody']);
    expect([...names]).toEqual([['p5', { userId: 'p5', name: null, email: 'p5@acme.test' }]]);
  });
});
