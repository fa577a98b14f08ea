import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { commitmentTo, isOldLeaf, leafHash, newSalt, setApart } from '#transparency/leaf.ts';
import { auditEntry } from '../support/examples.ts';

const salt = '00'.repeat(31) + '01';

describe('a leaf', () => {
  it('is hashed as docs/audit-format.md says', () => {
    const entry = auditEntry();
    const hash = createHash('sha256').update(Buffer.of(0)).update(canonicalJson(entry)).digest('hex');
    expect(leafHash(entry)).toBe(hash);
  });

  it('holds no person, only a commitment to who and what', () => {
    const entry = auditEntry({ userId: 'paula', actionDetail: 'comment on acme/website#7' });
    const { leaf, reveal } = setApart(entry, 'sub_1', salt);
    expect(canonicalJson(leaf)).not.toMatch(/paula|comment on/);
    expect([isOldLeaf(leaf), isOldLeaf(entry)]).toEqual([false, true]);
    const said = '{"actionDetail":"comment on acme/website#7","userId":"paula"}';
    const commitment = createHash('sha256').update(Buffer.from(salt, 'hex')).update(said).digest('hex');
    expect(leaf).toMatchObject({ id: entry.id, subject: 'sub_1', personal: commitment });
    expect(commitmentTo(reveal)).toBe(commitment);
  });

  it('hides that two entries say the same', () => {
    const entry = auditEntry();
    expect(setApart(entry, 'sub_1').leaf.personal).not.toBe(setApart(entry, 'sub_1').leaf.personal);
    expect(newSalt()).toMatch(/^[0-9a-f]{64}$/);
  });

  it('takes no salt of another length', () => {
    expect(() => commitmentTo({ salt: 'ab', userId: 'u', actionDetail: 'd' })).toThrow('32 bytes');
  });
});
