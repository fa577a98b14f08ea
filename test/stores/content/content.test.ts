import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { createContentStore, type NewContent } from '#stores/content/content.ts';
import { freshEnvelope } from '../../support/key-ring.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;

beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

function secret(value: unknown): NewContent {
  return { tenantId: 'acme', purpose: 'request_text', ownerId: 'u1', classification: 'internal', value };
}

describe('createContentStore', () => {
  it.each([
    ['text'],
    [{ deep: [1, null, { a: 'b' }] }],
    [null],
    ['NUL \0 and surrogate \ud800 stay as they are'],
  ])('gives back %j as it was', async (value) => {
    const ref = await opened.stores.content.save(secret(value));
    expect(ref).toMatch(/^cnt_/);
    expect(await opened.stores.content.get('acme', ref)).toEqual(value);
  });

  it('stores nothing readable', async () => {
    const ref = await opened.stores.content.save(secret('very private words'));
    await withAdmin(opened.databases.adminUrl, async (client) => {
      const { rows } = await client.query('SELECT sealed FROM tenant_acme.content WHERE id = $1', [ref]);
      expect(rows[0].sealed.length).toBeGreaterThan(30);
      expect(rows[0].sealed.includes('private')).toBe(false);
    });
  });

  it('opens nothing under another key, another purpose, or in another tenant', async () => {
    const { content, database } = opened.stores;
    const ref = await content.save(secret('mine'));
    const stranger = createContentStore({ database, envelope: freshEnvelope() });
    await expect(stranger.get('acme', ref)).rejects.toMatchObject({ code: 'CONTENT_UNREADABLE' });
    await expect(content.get('globex', ref)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const row = content.seal(secret('mine'));
    expect(content.open('acme', row)).toBe('mine');
    expect(() => content.open('globex', row)).toThrow('could not be decrypted');
    expect(() => content.open('acme', { ...row, purpose: 'action_input' })).toThrow('could not be decrypted');
  });

  it('rolls back with the transaction it was put in', async () => {
    const { content, database } = opened.stores;
    let ref = '';
    const failing = database.inTenant('acme', async (tx) => {
      ref = await content.put(tx, secret('gone'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await expect(content.get('acme', ref)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
