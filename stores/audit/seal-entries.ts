import type { AuditEntry } from '#domain/audit/audit.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { assertStorable, jsonText } from '#platform/database/valid-text.ts';
import { type Leaf, leafHashOfText, setApart } from '#transparency/leaf.ts';
import type { TenantProofs } from '../key/row-proofs.ts';
import type { Subject } from '../person/subjects.ts';
import { entryKind } from './entry-proof.ts';
import { sealedPlace } from './open-entries.ts';

/**
 * An entry in the form that the ledger's functions take: its public part, its personal part sealed under the person's
 * key, its leaf, and the proof that it is ours. Throws `INVALID_TEXT` for NUL and lone surrogates.
 */
export function sealEntry(
  entry: AuditEntry,
  { subject, envelope }: Subject,
  proofs: Pick<TenantProofs, 'prove'>,
): string {
  // Checked before it is hashed: canonical JSON has no form for a lone surrogate.
  assertStorable([entry.userId, entry.actionDetail]);
  const { leaf, reveal } = setApart(entry, subject);
  const text = canonicalText(leaf);
  const plain = Buffer.from(JSON.stringify(reveal));
  const sealed = Buffer.from(envelope.seal(plain, sealedPlace(entry.tenantId, entry.id))).toString('base64');
  const leafHash = leafHashOfText(text);
  const { id, timestamp } = entry;
  const proof = Buffer.from(proofs.prove(entryKind, { id, timestamp, leafHash })).toString('base64');
  return `${text.slice(0, -1)},"sealed":"${sealed}","leafHash":"${leafHash}","proof":"${proof}"}`;
}

/**
 * The text that is hashed is the text that is sent: one pass over the entry, and a slow check only where it may matter.
 */
function canonicalText(leaf: Leaf): string {
  let text: string;
  try {
    text = canonicalJson(leaf);
  } catch (cause) {
    jsonText(leaf);
    throw cause;
  }
  if (text.includes('\\u0000') || text.includes('\\ud')) jsonText(leaf);
  return text;
}
