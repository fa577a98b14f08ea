import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Policy } from '#domain/policy/policy.ts';
import { createKeepRetention } from '#governance/upkeep/keep-retention.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { newId } from '#platform/new-id.ts';
import type { DroppedMonth } from '#stores/audit/retention.ts';
import { agedDays } from '../../support/aged.ts';
import { entriesOf } from '../../support/audit-entries.ts';
import { asker, auditEntry, newRequest } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { recordEventIn } from '../../support/record-event.ts';

let opened: TestStores;

beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const policyWith = (domain: Policy['domain'], rules: Record<string, unknown>): Policy => ({
  id: 'pol_test',
  version: 1,
  name: 'test',
  domain,
  scope: { level: 'enterprise', orgUnit: null, userId: null },
  status: 'active',
  rules,
  mayGrant: null,
  changeReason: 'test',
  createdBy: 'test',
  createdAt: new Date().toISOString(),
});

function keeping(
  byTenant: Readonly<Record<string, readonly Policy[]>>,
  retention: object = {},
  now: () => Date = () => new Date(),
) {
  const { stores } = opened;
  return createKeepRetention({
    stores: { ...stores, retention: { ...stores.retention, ...retention } },
    readPolicies: async (tenantId) => ({ policies: byTenant[tenantId] ?? [] }),
    recordEvent: recordEventIn(stores),
    now,
  });
}

const asAdmin = (statement: string, values: unknown[]) =>
  withAdmin(opened.databases.adminUrl, (client) => client.query(statement, values));

const ownEntriesOf = (tenantId: string) =>
  entriesOf(opened.stores, tenantId, { userId: 'openclaw-retention' });

describe('a round of retention', () => {
  it('keeps entries for as long as the strictest policy of any tenant says, and the floor where none does', async () => {
    const asked: number[] = [];
    const expiredMonths = async (keepDays: number) => {
      asked.push(keepDays);
      return [];
    };
    const audit = (days: number) => [policyWith('audit', { minimum_retention_days: days })];
    await keeping({}, { expiredMonths })(() => {});
    await keeping({ acme: audit(30), globex: audit(10) }, { expiredMonths })(() => {});
    await keeping({ acme: audit(400), globex: audit(2_000) }, { expiredMonths })(() => {});
    expect(asked).toEqual([365, 365, 2_000]);
  });

  it('keeps entries by what holds for the whole enterprise, not by units, people and drafts for a few', async () => {
    let keepDays = 0;
    const retention = {
      expiredMonths: async (days: number) => {
        keepDays = days;
        return [];
      },
    };
    const narrow = policyWith('audit', { minimum_retention_days: 3_000 });
    const others: Policy[] = [
      { ...narrow, scope: { level: 'org', orgUnit: 'engineering', userId: null } },
      { ...narrow, scope: { level: 'user', orgUnit: null, userId: 'acme-user' } },
      { ...narrow, status: 'draft', canaryFor: ['acme-user'] },
    ];
    await keeping({ acme: others }, retention)(() => {});
    expect(keepDays).toBe(365);
    await keeping(
      { acme: [policyWith('audit', { minimum_retention_days: 400 }), ...others] },
      retention,
    )(() => {});
    expect(keepDays).toBe(400);
  });

  it('goes on with the others where the policies of one tenant can not be read, and then drops no month', async () => {
    const { stores } = opened;
    const now = () => new Date();
    const cause = new Error('refused');
    const forgotten: string[] = [];
    const keep = createKeepRetention({
      stores: {
        ...stores,
        retention: { ...stores.retention, expiredMonths: async () => ['2021-01'] },
        grants: {
          ...stores.grants,
          deleteExpired: async (tenantId) => {
            forgotten.push(tenantId);
            return 0;
          },
        },
      },
      readPolicies: async (tenantId) => {
        if (tenantId === 'acme') throw cause;
        return { policies: [] };
      },
      recordEvent: recordEventIn(stores),
      now,
    });
    expect(await keep(() => {})).toMatchObject({ failed: [{ tenantId: 'acme', cause }], months: [] });
    expect(forgotten).toEqual(['globex']);
  });

  it('makes the months ahead that are missing', async () => {
    await withAdmin(opened.databases.auditAdminUrl, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        `SELECT 'ledger.' || relname AS name FROM pg_class WHERE relname LIKE 'audit_entries_20__\\___' ORDER BY 1 DESC LIMIT 2`,
      );
      for (const { name } of rows) await client.query(`DROP TABLE ${name}`);
    });
    expect(await keeping({})(() => {})).toMatchObject({ monthsMade: 2 });
    expect(await keeping({})(() => {})).toMatchObject({ monthsMade: 0 });
  });

  it('puts on record in every tenant which month goes before it goes, and says why another stays', async () => {
    const fates: Record<string, DroppedMonth> = { '2021-01': 'dropped', '2021-02': 'held' };
    let beats = 0;
    const round = keeping(
      {},
      {
        expiredMonths: async () => Object.keys(fates),
        dropMonth: async (month: string) => {
          for (const tenant of ['acme', 'globex']) {
            const said = (await ownEntriesOf(tenant)).map(({ metadata, outcome }) => [
              metadata['month'],
              outcome,
            ]);
            expect(said).toContainEqual([month, 'intended']);
          }
          return fates[month];
        },
      },
    );
    const kept = await round(() => {
      beats += 1;
    });
    expect(kept.months).toEqual([
      { month: '2021-01', became: 'dropped' },
      { month: '2021-02', became: 'held' },
    ]);
    expect(beats).toBeGreaterThanOrEqual(4);
    const outcomes = (await ownEntriesOf('globex')).map(
      ({ metadata, outcome }) => `${metadata['month']} ${outcome}`,
    );
    expect(outcomes.toSorted()).toEqual(['2021-01 intended', '2021-01 success', '2021-02 intended']);
  });

  it.each([
    { years: 0, monthsBack: 14, isDropped: true },
    // What only a database whose clock is far ahead takes for old.
    { years: 0, monthsBack: 11, isDropped: false },
    { years: 0, monthsBack: 0, isDropped: false },
    { years: 0, monthsBack: -96, isDropped: false },
    { years: -10, monthsBack: 14, isDropped: false },
  ])(
    'drops a month only where the clocks of database and worker agree: %o',
    async ({ years, monthsBack, isDropped }) => {
      const today = new Date();
      const month = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - monthsBack, 1));
      const dropped: string[] = [];
      const retention = {
        expiredMonths: async () => [month.toISOString().slice(0, 7)],
        dropMonth: async (asked: string) => {
          dropped.push(asked);
          return 'held' as const;
        },
      };
      await keeping({}, retention, () => new Date(Date.now() + years * 365 * 86_400_000))(() => {});
      expect(dropped).toHaveLength(isDropped ? 1 : 0);
    },
  );

  it('deletes contents by the policies of each tenant, and counts those of all together', async () => {
    const { requests } = opened.stores;
    const ended: Record<string, string> = {};
    for (const tenantId of ['acme', 'globex']) {
      const { request } = await requests.create({ ...asker, tenantId }, newRequest());
      await requests.withdrawUnstarted(tenantId, request.id, asker.userId);
      await agedDays(opened, request.id, 9, tenantId);
      ended[tenantId] = request.id;
    }
    const data = (days: number) => [policyWith('data', { retention_days: days })];
    expect(await keeping({})(() => {})).toMatchObject({ contents: 0, requests: 0, failed: [] });
    expect(await keeping({ acme: data(10), globex: data(8) })(() => {})).toMatchObject({
      contents: 1,
      requests: 1,
    });
    expect(await requests.text('globex', ended['globex'] ?? '')).toBe('(erased)');
    expect(await requests.text('acme', ended['acme'] ?? '')).toBe('list the open issues');
    const odd = await keeping({ acme: data(-1), globex: data(8) })(() => {});
    expect(odd.failed.map(({ tenantId }) => tenantId)).toEqual(['acme']);
  });

  it('forgets old calls of models, token counts and labels of items nobody reads, but what a hold covers', async () => {
    const { modelUsage, classifications, legalHolds } = opened.stores;
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
    const use = async (userId: string, at: Date) => {
      const callId = newId('request');
      const day = at.toISOString().slice(0, 10);
      await modelUsage.reserve({ ...asker, userId }, { callId, day, tokens: 5, limits: [] });
      return callId;
    };
    for (const userId of ['caller', 'held-caller']) {
      const old = [await use(userId, daysAgo(401)), await use(userId, daysAgo(399))];
      await asAdmin('UPDATE tenant_acme.model_calls SET at = $1 WHERE call_id = $2', [daysAgo(31), old[0]]);
      await asAdmin('UPDATE tenant_acme.model_calls SET at = $1 WHERE call_id = $2', [daysAgo(29), old[1]]);
    }
    const label = { originalLevel: 'internal', classification: 'restricted', reasons: [] } as const;
    const items = ['github:a/b#1', 'github:a/b#2', 'github:a/b#3'];
    const [unread = '', read = '', noted = ''] = items;
    await classifications.noteSeen(
      'acme',
      items.map((itemId) => ({ itemId, ...label })),
    );
    const age = 'UPDATE tenant_acme.item_labels SET seen_at = $1 WHERE item_id = $2';
    await asAdmin(age, [daysAgo(401), unread]);
    await asAdmin(age, [daysAgo(399), read]);
    await asAdmin(age, [daysAgo(401), noted]);
    await classifications.noteSeen('acme', [{ itemId: noted, ...label }]);

    const span = { from: null, to: null, reason: 'r' };
    const entry = () => auditEntry({ event: 'legal_hold.placed' });
    const everybody = newId('hold');
    await legalHolds.place('acme', { id: everybody, userId: null, ...span }, entry());
    expect(await keeping({})(() => {})).toMatchObject({ modelRows: 0, itemLabels: 0 });
    await legalHolds.release('acme', everybody, entry());
    await legalHolds.place('acme', { id: newId('hold'), userId: 'held-caller', ...span }, entry());

    // One call; counts of the tenant, two units and the caller.
    expect(await keeping({})(() => {})).toMatchObject({ modelRows: 5, itemLabels: 1 });
    const { userData } = opened.stores;
    const left = async (userId: string) => ({
      calls: (await userData.modelCalls('acme', userId, '')).rows.length,
      days: (await userData.modelUsage('acme', userId)).length,
    });
    expect(await left('caller')).toEqual({ calls: 1, days: 1 });
    expect(await left('held-caller')).toEqual({ calls: 2, days: 2 });
    const seen = await Promise.all(items.map((item) => classifications.seen('acme', item)));
    expect(seen.map((one) => one?.itemId)).toEqual([undefined, read, noted]);
  });

  it('is refused by the database where it would forget what is still needed', async () => {
    const { modelUsage, classifications } = opened.stores;
    const at = new Date().toISOString();
    const early = { callsBefore: '2020-01-01T00:00:00.000Z', daysBefore: '2020-01-01', held: [] };
    await expect(modelUsage.forget('acme', { ...early, callsBefore: at })).rejects.toThrow();
    await expect(modelUsage.forget('acme', { ...early, daysBefore: at.slice(0, 10) })).rejects.toThrow();
    await expect(classifications.forgetUnseen('acme', at, [])).rejects.toThrow();
  });

  it('deletes sessions a day after they ran out, and no others', async () => {
    const { sessions } = opened.stores;
    const opening = (name: string, hours: number) =>
      sessions.open({
        id: newId('session'),
        kind: 'session',
        providerSession: null,
        idHash: sha256Hex(name),
        tenantId: 'acme',
        userId: 'acme-user',
        claims: {},
        expiresAt: new Date(Date.now() + hours * 3_600_000).toISOString(),
      });
    await opening('long over', -25);
    await opening('just over', -23);
    await opening('live', 1);
    expect(await keeping({})(() => {})).toMatchObject({ sessions: 1 });
    const left = await Promise.all(
      ['long over', 'just over', 'live'].map((one) => sessions.find(sha256Hex(one))),
    );
    expect(left.map((one) => one !== undefined)).toEqual([false, true, true]);
  });
});
