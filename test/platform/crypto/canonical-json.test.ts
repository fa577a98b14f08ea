import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';

describe('canonical JSON', () => {
  it('is RFC 8785: sorted by UTF-16 code units, shortest numbers, no white space', () => {
    const value = {
      '€': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '😀': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      ö: 'Latin Small Letter O With Diaeresis',
      numbers: [Number('333333333.3333333'), 1e30, 4.5, 0.002, 1e-27, -0],
    };
    expect(canonicalJson(value)).toBe(
      '{"\\r":"Carriage Return","1":"One","numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27,0],' +
        '"\u0080":"Control","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign",' +
        '"😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    );
  });

  it('means the same as what it was made of, and depends on nothing but that', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        const read: unknown = JSON.parse(text);
        expect(read).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(read)).toBe(text);
      }),
    );
  });

  it.each([
    ['nothing', undefined],
    ['a function', () => 1],
    ['not a number', { a: Number.NaN }],
    ['infinity', [Number.POSITIVE_INFINITY]],
  ])('has no form for %s', (_what, value) => {
    expect(() => canonicalJson(value)).toThrow();
  });
});

describe('a digest', () => {
  it('is SHA-256 in hex, of text as UTF-8, over all parts in order', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256Hex('a', Buffer.from('bc'))).toBe(sha256Hex('abc'));
    expect(sha256Hex('ö')).toBe(sha256Hex(Buffer.from([0xc3, 0xb6])));
  });
});
