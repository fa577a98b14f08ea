import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '#domain/person/actor.ts';
import { roles } from '#domain/person/role.ts';
import { mayReadPolicy, readablePlaces } from '#domain/policy/access.ts';
import type { Policy, PolicyScope } from '#domain/policy/policy.ts';
import { newId } from '#platform/new-id.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

const units = [
  'engineering',
  'engineering/web',
  'engineering/web/forms',
  'engineering2',
  'sales',
  'été/nord',
];
const scopes: readonly PolicyScope[] = [
  { level: 'enterprise', orgUnit: null, userId: null },
  ...units.flatMap((orgUnit): PolicyScope[] => [
    { level: 'org', orgUnit, userId: null },
    { level: 'team', orgUnit, userId: null },
    { level: 'user', orgUnit, userId: `bob of ${orgUnit}` },
  ]),
  { level: 'user', orgUnit: 'sales', userId: 'ada' },
  { level: 'user', orgUnit: null, userId: 'ada' },
  { level: 'user', orgUnit: null, userId: 'bob' },
];
const stored = scopes.map(
  (scope): Policy => ({
    id: newId('policy'),
    name: 'One',
    domain: 'actions',
    scope,
    version: 1,
    status: 'active',
    rules: {},
    mayGrant: null,
    changeReason: 'first',
    createdBy: 'system',
    createdAt: '2026-01-01T00:00:00.000Z',
  }),
);

let opened: TestStores;
beforeAll(async () => {
  opened = await openTestStores();
  for (const policy of stored) await opened.stores.policies.insert('acme', policy);
});
afterAll(() => opened?.close());

const page = (actor: Actor, limit: number, offset: number) =>
  opened.stores.policies.page('acme', { filters: {}, readable: readablePlaces(actor), limit, offset });

const readers = roles.flatMap((role) =>
  ['', 'Engineering/Web', ...units].flatMap((orgUnit) =>
    ['ada', 'zoe'].map((userId): Actor => ({ tenantId: 'acme', userId, role, orgUnit })),
  ),
);

describe('a page of policies', () => {
  it.each(readers)('holds what $userId, $role in "$orgUnit", may read', async (actor) => {
    const readable = stored.filter(({ scope }) => mayReadPolicy(actor, scope)).map(({ id }) => id);
    const { policies, total } = await page(actor, 100, 0);
    expect(policies.map(({ id }) => id)).toEqual(readable.toSorted());
    expect(total).toBe(readable.length);
  });

  it('goes on where the one before it ended, and counts all of them', async () => {
    const admin: Actor = { tenantId: 'acme', userId: 'root', role: 'enterprise_admin', orgUnit: '' };
    const all = stored.map(({ id }) => id).toSorted();
    for (const offset of [0, 9, 18, 27]) {
      const { policies, total } = await page(admin, 9, offset);
      expect(policies.map(({ id }) => id)).toEqual(all.slice(offset, offset + 9));
      expect(total).toBe(all.length);
    }
  });
});
