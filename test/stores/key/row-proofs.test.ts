import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataKeyStore } from '#stores/key/data-keys.ts';
import { createRowProofs, type RowProofs, type Statement } from '#stores/key/row-proofs.ts';
import { freshEnvelope } from '../../support/key-ring.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;
let proofs: RowProofs;

beforeAll(async () => {
  opened = await openTestStores();
  proofs = createRowProofs(
    createDataKeyStore({ database: opened.stores.database, envelope: freshEnvelope() }),
  );
});
afterAll(() => opened.close());

const statement: Statement = { id: 'hld_1', by: 'ada', at: '2026-01-01T00:00:00.000Z', n: 1, to: null };

describe('a proof of a row', () => {
  it('is of that row alone: not of another value, kind or tenant', async () => {
    const acme = await proofs.of('acme');
    const proof = acme.prove('hold', statement);
    expect(acme.isProven('hold', { ...statement }, proof)).toBe(true);
    for (const name of Object.keys(statement)) {
      for (const value of ['x', '', null, 2, undefined])
        if (value !== statement[name])
          expect(acme.isProven('hold', { ...statement, [name]: value }, proof)).toBe(false);
    }
    expect(acme.isProven('release', statement, proof)).toBe(false);
    expect((await proofs.of('globex')).isProven('hold', statement, proof)).toBe(false);
  });

  it('is nothing that can be made from another: no byte of it may change', async () => {
    const acme = await proofs.of('acme');
    const proof = acme.prove('hold', statement);
    for (let at = 0; at < proof.length; at += 1) {
      const changed = Uint8Array.from(proof);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(acme.isProven('hold', statement, changed)).toBe(false);
      expect(acme.isProven('hold', statement, proof.subarray(0, at))).toBe(false);
    }
    expect(acme.isProven('hold', statement, null)).toBe(false);
  });

  it('tells nothing where the keys can not be opened', async () => {
    await expect(proofs.of('nobody-here')).rejects.toMatchObject({ code: 'CONTENT_UNREADABLE' });
  });
});
