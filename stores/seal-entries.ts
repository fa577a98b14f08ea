import type { AuditEntry } from '#domain/audit.ts';
import { assertStorable, jsonText } from '#platform/database/valid-text.ts';
import { leafHash, setApart } from '#transparency/leaf.ts';
import { sealedPlace } from './open-entries.ts';
import type { Subject } from './subjects.ts';

/**
 * An entry as the ledger's functions take it: its public part, what it says of the person under the person's key, and
 * its leaf. Throws `INVALID_TEXT` for NUL and lone surrogates.
 */
export function sealEntry(entry: AuditEntry, { subject, envelope }: Subject): string {
  // Refused as text before it is hashed: canonical JSON has no form for a lone surrogate.
  assertStorable([entry.userId, entry.actionDetail]);
  const { leaf, reveal } = setApart(entry, subject);
  const text = jsonText(leaf);
  const plain = Buffer.from(JSON.stringify(reveal));
  const sealed = envelope.seal(plain, sealedPlace(entry.tenantId, entry.id));
  return `${text.slice(0, -1)},"sealed":"${Buffer.from(sealed).toString('base64')}","leafHash":"${leafHash(leaf)}"}`;
}
