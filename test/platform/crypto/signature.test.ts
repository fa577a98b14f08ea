import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSigner, parseVerifier } from '#platform/crypto/signature.ts';
import { freshSigner } from '../../support/signing.ts';

const { signer, verify } = freshSigner('k1');
const claims = { choice: 'approve', digest: 'd', reasonRef: null, round: 1 };

describe('a signature', () => {
  it('holds for the value that was signed, however its fields are ordered', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), (value) => {
        const signature = signer.sign(value);
        const reordered = Object.fromEntries(Object.entries(value).toReversed());
        expect(verify(value, 'k1', signature)).toBe(true);
        expect(verify(reordered, 'k1', signature)).toBe(true);
      }),
    );
  });

  it.each<[string, unknown]>([
    ['a changed field', { ...claims, choice: 'reject' }],
    ['a field more', { ...claims, more: null }],
    ['a field less', { choice: 'approve', digest: 'd', round: 1 }],
    ['another type', { ...claims, round: '1' }],
    ['nothing', undefined],
  ])('does not hold for %s', (_what, value) => {
    expect(verify(value, 'k1', signer.sign(claims))).toBe(false);
  });

  it('does not hold when any bit of it is changed, or when it is no signature at all', () => {
    const signature = Buffer.from(signer.sign(claims), 'base64url');
    fc.assert(
      fc.property(fc.nat(signature.length - 1), fc.nat(7), (index, bit) => {
        const changed = Buffer.from(signature);
        changed[index] = (changed[index] ?? 0) ^ (1 << bit);
        expect(verify(claims, 'k1', changed.toString('base64url'))).toBe(false);
      }),
    );
    for (const none of ['', 'x', '*', 'A'.repeat(86)]) expect(verify(claims, 'k1', none)).toBe(false);
  });

  it('does not hold under another key, nor under an unknown one', () => {
    const other = freshSigner('k1');
    expect(verify(claims, 'k1', other.signer.sign(claims))).toBe(false);
    for (const keyId of ['k2', '', '__proto__', 'constructor']) {
      expect(verify(claims, keyId, signer.sign(claims))).toBe(false);
    }
  });
});

describe('keys', () => {
  const pemOf = (type: 'ed25519' | 'rsa') => {
    const { privateKey, publicKey } =
      type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2_048 }) : generateKeyPairSync('ed25519');
    return {
      privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    };
  };

  it('of another kind are refused', () => {
    const { privateKeyPem, publicKeyPem } = pemOf('rsa');
    expect(() => parseSigner(JSON.stringify({ keyId: 'k1', privateKeyPem }))).toThrow(RangeError);
    expect(() => parseVerifier(JSON.stringify({ k1: publicKeyPem }))).toThrow(RangeError);
  });

  it('can be several: what each signed holds', () => {
    const [a, b] = [pemOf('ed25519'), pemOf('ed25519')];
    const both = parseVerifier(JSON.stringify({ a: a.publicKeyPem, b: b.publicKeyPem }));
    for (const [keyId, { privateKeyPem }] of Object.entries({ a, b })) {
      const signed = parseSigner(JSON.stringify({ keyId, privateKeyPem })).sign(claims);
      expect(both(claims, keyId, signed)).toBe(true);
      expect(both(claims, keyId === 'a' ? 'b' : 'a', signed)).toBe(false);
    }
  });
});
