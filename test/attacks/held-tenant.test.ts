import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createTenantActivities } from '#activities/tenant/tenants.ts';
import type { Actor } from '#domain/person/actor.ts';
import { createLegalHolds } from '#governance/person/legal-holds.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';
import { recordEventIn } from '../support/record-event.ts';

const admin: Actor = {
  tenantId: 'globex',
  userId: 'globex-admin',
  role: 'enterprise_admin',
  orgUnit: 'company',
};
const now = () => new Date();

let opened: TestStores;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened?.close());

it('a tenant under legal hold keeps its keys and tables, though its deletion is due', async () => {
  const { stores } = opened;
  const holds = createLegalHolds({ legalHolds: stores.legalHolds, now });
  await holds.place(admin, { userId: null, from: null, to: null, reason: 'a case' });
  await stores.tenants.step('globex', { from: ['active'], to: 'deleting', waitMs: 0 });
  const destroyKeys = vi.fn(async (_tenantId: string) => {});
  const dropDatabase = vi.fn(async (_tenantId: string) => {});
  const activities = createTenantActivities({
    ...stores,
    recordEvent: recordEventIn(stores, now),
    destroyKeys,
    dropDatabase,
    // What the others need is not reached here.
    temporal: undefined as never,
    prepareDatabase: async () => {},
    giveKeys: async () => {},
    givePolicies: async () => {},
  });
  const context = { heartbeat: () => {} } as Context;
  for (const step of [activities.destroyTenantKeys, activities.dropTenantDatabase]) {
    const held = asyncLocalStorage.run(context, () => step('globex'));
    await expect(held).rejects.toMatchObject({ type: 'TENANT_HELD', nextRetryDelay: 3_600_000 });
  }
  expect(destroyKeys).not.toHaveBeenCalled();
  expect(dropDatabase).not.toHaveBeenCalled();
});
