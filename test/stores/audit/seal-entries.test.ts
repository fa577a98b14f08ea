import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AuditEntry } from '#domain/audit/audit.ts';
import { createEnvelope } from '#platform/crypto/envelope.ts';
import { newId } from '#platform/new-id.ts';
import { isOurs } from '#stores/audit/entry-proof.ts';
import { sealedPlace } from '#stores/audit/open-entries.ts';
import { sealEntry } from '#stores/audit/seal-entries.ts';
import { createRowProofs } from '#stores/key/row-proofs.ts';
import { leafHashOfText } from '#transparency/leaf.ts';
import { auditEntry } from '../../support/examples.ts';

const key = createSecretKey(randomBytes(32));
const envelope = createEnvelope({ active: { id: 'p', key }, find: () => key });
const person = { subject: newId('subject'), envelope };
const rowProofs = createRowProofs({ envelope, ready: async () => {} });

const sealedEntry = z.looseObject({ sealed: z.string(), leafHash: z.string(), proof: z.string() });

describe('an entry on its way to the ledger', () => {
  it('is the text that its leaf hash is of, and says nothing of the person in clear', async () => {
    const entry = auditEntry({ policyReason: 'because „ja“ 🎈 \\u0000 C:\\users' });
    const proofs = await rowProofs.of('acme');
    const text = sealEntry(entry, person, proofs);
    expect(text).not.toContain(entry.userId);
    expect(text).not.toContain(entry.actionDetail);
    const { sealed, leafHash, proof } = z.parse(sealedEntry, JSON.parse(text));
    const hashed = text.slice(0, text.indexOf(',"sealed":"')).concat('}');
    expect(leafHashOfText(hashed)).toBe(leafHash);
    expect(isOurs(proofs, { ...entry, leafHash, proof })).toBe(true);
    expect(isOurs(proofs, { ...entry, id: newId('audit'), leafHash, proof })).toBe(false);
    expect(JSON.parse(hashed)).toMatchObject({ policyReason: entry.policyReason, metadata: entry.metadata });
    const plain = envelope.open(Buffer.from(sealed, 'base64'), sealedPlace('acme', entry.id));
    expect(JSON.parse(Buffer.from(plain).toString())).toMatchObject({
      userId: entry.userId,
      actionDetail: entry.actionDetail,
    });
  });

  it.each<[string, Partial<AuditEntry>]>([
    ['NUL in a field', { policyReason: 'a\0b' }],
    ['NUL in what is sealed', { actionDetail: 'a\0b' }],
    ['NUL in a key', { metadata: { 'a\0': 1 } }],
    ['half a character in a field', { policyReason: 'a\ud800b' }],
    ['half a character in what is sealed', { userId: 'a\udc00' }],
    ['half a character in a key', { metadata: { 'a\ud800': 1 } }],
    [
      'half a character deep inside',
      { dataAccessed: [{ source: 's', itemId: '\udfff', classification: 'public', purpose: 'p' }] },
    ],
  ])('is refused with %s', async (_what, facts) => {
    const proofs = await rowProofs.of('acme');
    expect(() => sealEntry(auditEntry(facts), person, proofs)).toThrow(
      expect.objectContaining({ code: 'INVALID_TEXT' }),
    );
  });
});
