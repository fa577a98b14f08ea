import type { AuditEntry } from '#domain/audit.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';

const leafPrefix = new Uint8Array([0]);

/** Leaf of the audit tree (RFC 6962): SHA-256 (hex) over a zero byte and the entry's canonical JSON. */
export function leafHash(entry: AuditEntry): string {
  return sha256Hex(leafPrefix, canonicalJson(entry));
}
