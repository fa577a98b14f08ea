import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import type { NewOverride } from '#stores/classification/classifications.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let test: TestStores;
beforeAll(async () => {
  test = await openTestStores();
});
afterAll(() => test?.close());

let items = 0;
function freshItem(): string {
  items += 1;
  return `github:acme/website#${items}`;
}

const nothing = async () => {};

const put = (itemId: string, over: Partial<NewOverride> = {}, beforeCommit = nothing) =>
  test.stores.classifications.override(
    'acme',
    {
      itemId,
      orgUnit: '',
      previous: 'internal',
      classification: 'restricted',
      reason: 'why',
      by: 'admin',
      ...over,
    },
    beforeCommit,
  );

const labelFor = async (orgUnit: string, itemId: string) =>
  (await test.stores.classifications.overrides('acme', orgUnit, [itemId, 'github:other'])).get(itemId);

describe('the word of an administrator', () => {
  it('holds from then on, and the newest counts, in any direction', async () => {
    const item = freshItem();
    expect(await labelFor('engineering', item)).toBeUndefined();
    const at = await put(item);
    expect(Date.parse(at)).not.toBeNaN();
    expect(await labelFor('engineering', item)).toBe('restricted');
    await put(item, { classification: 'public' });
    expect(await labelFor('engineering', item)).toBe('public');
  });

  it('of a unit holds there and below, and nowhere else', async () => {
    const item = freshItem();
    await put(item, { orgUnit: 'engineering' });
    expect(await labelFor('engineering', item)).toBe('restricted');
    expect(await labelFor('engineering/web', item)).toBe('restricted');
    expect(await labelFor('sales', item)).toBeUndefined();
    expect(await labelFor('engineering2', item)).toBeUndefined();
  });

  it('of a unit may raise what is said for everybody, never lower it', async () => {
    const item = freshItem();
    await put(item, { classification: 'confidential' });
    await put(item, { orgUnit: 'engineering', classification: 'public' });
    expect(await labelFor('engineering', item)).toBe('confidential');
    await put(item, { orgUnit: 'engineering', classification: 'restricted' });
    expect(await labelFor('engineering', item)).toBe('restricted');
    expect(await labelFor('sales', item)).toBe('confidential');
  });

  it('is undone by a record that could not be written', async () => {
    const item = freshItem();
    const failing = async () => {
      throw new Error('no record');
    };
    await expect(put(item, {}, failing)).rejects.toThrow('no record');
    expect(await labelFor('engineering', item)).toBeUndefined();
  });

  it('never reaches another tenant', async () => {
    const item = freshItem();
    await put(item);
    expect(await test.stores.classifications.overrides('globex', '', [item])).toEqual(new Map());
  });

  it('is kept with its reason encrypted, and can’t be changed, not even by the owner of the table', async () => {
    const item = freshItem();
    await put(item, { reason: 'the merger with Initech' });
    await withAdmin(test.databases.adminUrl, async (client) => {
      const { rows } = await client.query(
        `SELECT o.*, c.sealed FROM tenant_acme.classification_overrides o
         JOIN tenant_acme.content c ON c.id = o.reason_ref WHERE item_id = $1`,
        [item],
      );
      expect(rows).toHaveLength(1);
      expect(JSON.stringify(rows)).not.toContain('Initech');
      expect(Buffer.from(rows[0].sealed).toString('latin1')).not.toContain('Initech');
      await expect(
        client.query(`UPDATE tenant_acme.classification_overrides SET classification = 'public'`),
      ).rejects.toThrow('insert-only');
    });
  });
});

describe('labels that content gave', () => {
  it('are remembered as last seen', async () => {
    const { classifications } = test.stores;
    const itemId = freshItem();
    expect(await classifications.seen('acme', itemId)).toBeUndefined();
    const label = {
      itemId,
      originalLevel: 'internal',
      classification: 'restricted',
      reasons: ['payment_card', 'pay'],
    } as const;
    await classifications.noteSeen('acme', [label]);
    await classifications.noteSeen('acme', [label, { ...label, itemId: freshItem() }]);
    expect(await classifications.seen('acme', itemId)).toEqual(label);
    const changed = { ...label, classification: 'confidential', reasons: ['pay'] } as const;
    await classifications.noteSeen('acme', [changed]);
    expect(await classifications.seen('acme', itemId)).toEqual(changed);
  });
});
