import { z } from 'zod';
import type { AuditEntry } from '#domain/audit/audit.ts';
import type { Envelope } from '#platform/crypto/envelope.ts';
import { commitmentTo, isOldLeaf, type Leaf, type PublicEntry, type Reveal } from '#transparency/leaf.ts';
import type { SubjectStore } from '../person/subjects.ts';

/** An entry as `ledger.entry_json` returns it: the leaf as it was hashed, and what is stored beside it. */
export type StoredLeaf = Leaf & {
  leafHash: string;
  /** Base64; only in the newer form. */
  sealed?: string;
};

/** A leaf, its hash and what opens its commitment: `null` for an erased person, and for the older form, which needs none. */
export interface OpenedLeaf {
  leaf: Leaf;
  leafHash: string;
  reveal: Reveal | null;
  /** Why there is no reveal although the form has one: the key is gone, or the bytes are not what was sealed. */
  closed?: 'erased' | 'unreadable';
}

/** Additional data of the sealed bytes: moved to another tenant or entry, they don't open. */
export function sealedPlace(tenantId: string, entryId: string): string {
  return `${tenantId}|${entryId}|personal`;
}

/** Opens entries of one tenant, reading the keys of all their people in one round trip. */
export async function openEntries(
  subjects: Pick<SubjectStore, 'keys'>,
  tenantId: string,
  stored: readonly StoredLeaf[],
): Promise<OpenedLeaf[]> {
  const split = stored.map(({ leafHash, sealed, ...leaf }) => ({ leaf, leafHash, sealed }));
  const keys = await subjects.keys(
    tenantId,
    split.flatMap(({ leaf }) => (isOldLeaf(leaf) ? [] : [leaf.subject])),
  );
  return split.map(({ leaf, leafHash, sealed }) =>
    isOldLeaf(leaf)
      ? { leaf, leafHash, reveal: null }
      : { leaf, leafHash, ...openOne(leaf, sealed, keys.get(leaf.subject)) },
  );
}

/** The entry for people: an erased person is `erased:sub_…`, and what they did is not said. */
export function readableEntry({ leaf, reveal, closed = 'unreadable' }: OpenedLeaf): AuditEntry {
  if (isOldLeaf(leaf)) return leaf;
  const { subject, personal: _, ...rest } = leaf;
  return reveal === null
    ? { ...rest, userId: `${closed}:${subject}`, actionDetail: `(${closed})` }
    : { ...rest, userId: reveal.userId, actionDetail: reveal.actionDetail };
}

const revealShape = z.object({ salt: z.string(), userId: z.string(), actionDetail: z.string() });

function openOne(
  { tenantId, id, personal }: PublicEntry,
  sealed: string | undefined,
  key: Envelope | undefined,
): Pick<OpenedLeaf, 'reveal' | 'closed'> {
  if (key === undefined) return { reveal: null, closed: 'erased' };
  try {
    const plain = key.open(Buffer.from(sealed ?? '', 'base64'), sealedPlace(tenantId, id));
    const reveal = revealShape.parse(JSON.parse(Buffer.from(plain).toString()));
    return commitmentTo(reveal) === personal ? { reveal } : { reveal: null, closed: 'unreadable' };
  } catch {
    return { reveal: null, closed: 'unreadable' };
  }
}
