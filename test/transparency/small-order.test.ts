import { describe, expect, it } from 'vitest';
import { parseVerifier } from '#platform/crypto/signature.ts';
import type { HeadClaims } from '#transparency/statement.ts';
import { parseTrustedKeys } from '#transparency/tree-signer.ts';
import { createTrust, publicKeyHex } from '#transparency/trust.ts';
import { newSigner, sampleHead, sampleRows } from '../support/sample-export.ts';

const identity = `01${'00'.repeat(31)}`;
const small = [
  identity,
  '00'.repeat(32),
  `ec${'ff'.repeat(30)}7f`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
];

function pemOf(hex: string): string {
  const der = Buffer.from(`302a300506032b6570032100${hex}`, 'hex').toString('base64');
  return `-----BEGIN PUBLIC KEY-----\n${der}\n-----END PUBLIC KEY-----\n`;
}

/** R = the identity, S = 0: by the equation alone it holds for every text under the key that is the identity. */
const signature = Buffer.from(identity + '00'.repeat(32), 'hex');

describe('an Ed25519 key of small order', () => {
  it.each(small)('%s is taken for no key of heads, and for none of votes and policies', (hex) => {
    expect(() => publicKeyHex(pemOf(hex))).toThrow('small order');
    expect(() => parseTrustedKeys(JSON.stringify({ k1: pemOf(hex) }))).toThrow('small order');
    expect(() => parseVerifier(JSON.stringify({ k1: pemOf(hex) }))).toThrow('small order');
  });

  it('vouches for no head, whether it is held or introduced', () => {
    const signer = newSigner('k1');
    const { claims } = sampleHead(sampleRows(1), 1, signer);
    const forged = { claims, keyId: 'small', signature: signature.toString('base64url') };
    expect(createTrust([identity], []).distrust(forged)).toBe('unknown_key');
    const introduced = {
      claims: {
        kind: 'audit-key',
        tenantId: 'acme',
        keyId: 'small',
        publicKey: identity,
        at: claims.at,
      } as const,
      keyId: 'small',
      signature: signature.toString('base64url'),
    };
    const trust = createTrust([identity], [introduced]);
    expect(trust.distrust(forged satisfies { claims: HeadClaims })).toBe('bad_signature');
  });
});
