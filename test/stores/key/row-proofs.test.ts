import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRowProofs, type RowProofs, type Statement } from '#stores/key/row-proofs.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;
let proofs: RowProofs;

beforeAll(async () => {
  opened = await openTestStores();
  const { dataKeys } = opened.stores;
  for (const tenantId of ['acme', 'globex']) await dataKeys.ready(tenantId);
  proofs = createRowProofs(dataKeys);
});
afterAll(() => opened.close());

const statement: Statement = { id: 'hld_1', by: 'ada', at: '2026-01-01T00:00:00.000Z', n: 1, to: null };

describe('a proof of a row', () => {
  it('is of that row alone: not of another value, kind or tenant', () => {
    const acme = proofs.of('acme');
    const proof = acme.prove('hold', statement);
    expect(acme.isProven('hold', { ...statement }, proof)).toBe(true);
    for (const name of Object.keys(statement)) {
      for (const value of ['x', '', null, 2, undefined])
        if (value !== statement[name])
          expect(acme.isProven('hold', { ...statement, [name]: value }, proof)).toBe(false);
    }
    expect(acme.isProven('release', statement, proof)).toBe(false);
    expect(proofs.of('globex').isProven('hold', statement, proof)).toBe(false);
  });

  it('is nothing that can be made from another: no byte of it may change', () => {
    const acme = proofs.of('acme');
    const proof = acme.prove('hold', statement);
    for (let at = 0; at < proof.length; at += 1) {
      const changed = Uint8Array.from(proof);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(acme.isProven('hold', statement, changed)).toBe(false);
      expect(acme.isProven('hold', statement, proof.subarray(0, at))).toBe(false);
    }
    expect(acme.isProven('hold', statement, null)).toBe(false);
  });

  it('is not made of what could not be read back', () => {
    const refused = expect.objectContaining({ code: 'INVALID_TEXT' });
    for (const id of ['\u0000', '\uD800'])
      expect(() => proofs.of('acme').prove('hold', { ...statement, id })).toThrow(refused);
  });

  it('tells nothing where the keys can not be opened', () => {
    expect(() => proofs.of('nobody-here')).toThrow(expect.objectContaining({ code: 'CONTENT_UNREADABLE' }));
  });
});
