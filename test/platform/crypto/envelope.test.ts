import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEnvelope } from '#platform/crypto/envelope.ts';
import { parseKeyRing } from '#platform/crypto/key-ring.ts';

const key = () => randomBytes(32).toString('base64');
const [one, two] = [key(), key()];
const ringOf = (active: string, keys: Record<string, string>) =>
  createEnvelope(parseKeyRing(JSON.stringify({ active, keys })));
const envelope = ringOf('k1', { k1: one });
const unreadable = expect.objectContaining({ code: 'CONTENT_UNREADABLE' });
const bytes = fc.uint8Array({ maxLength: 200 });

describe('an envelope', () => {
  it('opens to what was sealed, at its place', () => {
    fc.assert(
      fc.property(bytes, fc.string({ unit: 'binary' }), (plain, place) => {
        const opened = envelope.open(envelope.seal(plain, place), place);
        expect(Buffer.compare(opened, plain)).toBe(0);
      }),
    );
  });

  it('does not open with any bit changed, nor cut short, nor longer', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.integer({ min: 0, max: 7 }), (plain, at, bit) => {
        const sealed = envelope.seal(plain, 'here');
        const changed = Uint8Array.from(sealed);
        const index = at % changed.length;
        changed[index] = (changed[index] ?? 0) ^ (1 << bit);
        expect(() => envelope.open(changed, 'here')).toThrow(unreadable);
        expect(() => envelope.open(sealed.subarray(0, index), 'here')).toThrow(unreadable);
        expect(() => envelope.open(Buffer.concat([sealed, Buffer.from([0])]), 'here')).toThrow(unreadable);
      }),
    );
  });

  it('does not open at another place', () => {
    const sealed = envelope.seal(Buffer.from('x'), 'acme|cnt_1|request_text');
    expect(() => envelope.open(sealed, 'globex|cnt_1|request_text')).toThrow(unreadable);
    expect(() => envelope.open(sealed, '')).toThrow(unreadable);
  });

  it('never seals twice alike, and shows nothing of what it holds', () => {
    const plain = Buffer.from('a text that only people see');
    const sealed = Array.from({ length: 100 }, () => Buffer.from(envelope.seal(plain, 'here')));
    expect(new Set(sealed.map((each) => each.toString('hex'))).size).toBe(100);
    expect(sealed.some((each) => each.includes('only people'))).toBe(false);
  });

  it('opens views into larger buffers', () => {
    const sealed = envelope.seal(Buffer.from('x'), 'here');
    const larger = Buffer.concat([Buffer.from('before'), sealed, Buffer.from('after')]);
    const view = new Uint8Array(larger.buffer, larger.byteOffset + 6, sealed.length);
    expect(Buffer.from(envelope.open(view, 'here')).toString()).toBe('x');
  });
});

describe('rotation of keys', () => {
  it('seals with the new key, opens what the old one sealed, and no more once that is gone', () => {
    const before = envelope.seal(Buffer.from('old'), 'here');
    const rotated = ringOf('k2', { k1: one, k2: two });
    expect(Buffer.from(rotated.open(before, 'here')).toString()).toBe('old');
    const after = rotated.seal(Buffer.from('new'), 'here');
    expect(() => envelope.open(after, 'here')).toThrow(unreadable);
    const later = ringOf('k2', { k2: two });
    expect(Buffer.from(later.open(after, 'here')).toString()).toBe('new');
    expect(() => later.open(before, 'here')).toThrow(unreadable);
  });

  it('does not open under the right name with another key', () => {
    const sealed = envelope.seal(Buffer.from('x'), 'here');
    expect(() => ringOf('k1', { k1: two }).open(sealed, 'here')).toThrow(unreadable);
  });
});

describe('a key ring', () => {
  it.each<[string, unknown]>([
    ['no active key', { active: 'k2', keys: { k1: one } }],
    ['a short key', { active: 'k1', keys: { k1: randomBytes(16).toString('base64') } }],
    ['a long key', { active: 'k1', keys: { k1: randomBytes(33).toString('base64') } }],
    ['a key that is not base64', { active: 'k1', keys: { k1: 'ä'.repeat(44) } }],
    ['a name with a space', { active: 'k 1', keys: { 'k 1': one } }],
    ['an unknown field', { active: 'k1', keys: { k1: one }, old: one }],
    ['no keys', { active: 'k1', keys: {} }],
    ['a list', []],
  ])('is refused with %s', (_what, file) => {
    expect(() => parseKeyRing(JSON.stringify(file))).toThrow();
  });

  it('never says a key in its refusal', () => {
    const short = randomBytes(8).toString('base64');
    const parse = () => parseKeyRing(JSON.stringify({ active: 'k1', keys: { k1: short } }));
    expect(parse).toThrow(expect.objectContaining({ message: expect.not.stringContaining(short) }));
  });
});
