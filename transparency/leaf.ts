import { randomBytes } from 'node:crypto';
import type { AuditEntry } from '#domain/audit/audit.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';

const leafPrefix = new Uint8Array([0]);
const saltBytes = 32;

/** The parts of an entry that say who and what in words. Only a commitment to them is in the leaf. */
export interface Personal {
  userId: string;
  actionDetail: string;
}

/** What opens a commitment: the personal fields and the salt (64 lower-case hex digits). */
export interface Reveal extends Personal {
  salt: string;
}

/** An entry as it is hashed: without the person, so that it stays provable when the person is erased. */
export interface PublicEntry extends Omit<AuditEntry, keyof Personal> {
  /** Random name of the person, `sub_…`. */
  subject: string;
  /** Commitment to the personal fields, 64 lower-case hex digits. */
  personal: string;
}

/** What a leaf is made of; entries from before personal fields were separated are hashed as they are. */
export type Leaf = PublicEntry | AuditEntry;

/** Each entry has a salt of its own, so that equal texts in two entries don't look equal. */
export function newSalt(): string {
  return randomBytes(saltBytes).toString('hex');
}

/** SHA-256 (hex) over the 32 bytes of the salt and the canonical JSON of `{actionDetail, userId}`. */
export function commitmentTo({ salt, userId, actionDetail }: Reveal): string {
  const bytes = Buffer.from(salt, 'hex');
  if (bytes.length !== saltBytes) throw new RangeError(`a salt is ${saltBytes} bytes in hex`);
  return sha256Hex(bytes, canonicalJson({ actionDetail, userId }));
}

/** The public part of an entry and what opens its commitment. */
export function setApart(
  { userId, actionDetail, ...rest }: AuditEntry,
  subject: string,
  salt: string = newSalt(),
): { leaf: PublicEntry; reveal: Reveal } {
  const reveal = { salt, userId, actionDetail };
  return { leaf: { ...rest, subject, personal: commitmentTo(reveal) }, reveal };
}

/** Does a leaf have the older form, with the person in clear? */
export function isOldLeaf(leaf: Leaf): leaf is AuditEntry {
  return !('personal' in leaf);
}

/** RFC 6962 leaf hash: SHA-256 (hex) over a zero byte and the canonical JSON of what is hashed. */
export function leafHash(leaf: Leaf): string {
  return leafHashOfText(canonicalJson(leaf));
}

/** The same, from the canonical JSON itself. */
export function leafHashOfText(canonical: string): string {
  return sha256Hex(leafPrefix, canonical);
}
