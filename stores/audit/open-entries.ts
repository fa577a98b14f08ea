import { z } from 'zod';
import type { AuditEntry } from '#domain/audit/audit.ts';
import type { Envelope } from '#platform/crypto/envelope.ts';
import { commitmentTo, isOldLeaf, type Leaf, type PublicEntry, type Reveal } from '#transparency/leaf.ts';
import type { RowProofs } from '../key/row-proofs.ts';
import type { SubjectStore } from '../person/subjects.ts';
import { isOurs } from './entry-proof.ts';
import type { ErasedSubjects } from './erased-subjects.ts';

/** An entry as `ledger.entry_json` returns it: the leaf as it was hashed, and what is stored beside it. */
export type StoredLeaf = Leaf & {
  leafHash: string;
  /** Base64; only in the newer form. */
  sealed?: string;
  /** Base64; absent where there is none, and where nobody asked. */
  proof?: string;
  /** It has its place from before entries had proofs: the heads over it prove it. */
  isFromBefore?: boolean;
};

/** A leaf, its hash and what opens its commitment: `null` for an erased person, and for the older form, which needs none. */
export interface OpenedLeaf {
  leaf: Leaf;
  leafHash: string;
  reveal: Reveal | null;
  /**
   * Why there is no reveal although the form has one: the log says that the person was erased, or the key or the sealed
   * bytes are gone or changed though nothing says so.
   */
  closed?: 'erased' | 'unreadable';
  /** Only where proofs were asked for: nothing shows that a process of ours wrote it. */
  isUnproven?: boolean;
}

/** Additional data of the sealed bytes: moved to another tenant or entry, they don't open. */
export function sealedPlace(tenantId: string, entryId: string): string {
  return `${tenantId}|${entryId}|personal`;
}

interface OpenOptions {
  subjects: Pick<SubjectStore, 'keys'>;
  /** Where each entry is to say whether it is proven. */
  rowProofs?: RowProofs;
  erased: ErasedSubjects;
}

/** Opens entries of one tenant, reading the keys of all their people in one round trip. */
export async function openEntries(
  { subjects, erased, rowProofs }: OpenOptions,
  tenantId: string,
  stored: readonly StoredLeaf[],
): Promise<OpenedLeaf[]> {
  const split = stored.map(({ leafHash, sealed, proof, isFromBefore, ...leaf }) => ({
    leaf,
    leafHash,
    sealed,
    proof: proof ?? null,
    isFromBefore,
  }));
  const keys = await subjects.keys(
    tenantId,
    split.flatMap(({ leaf }) => (isOldLeaf(leaf) ? [] : [leaf.subject])),
  );
  const keyless = split.flatMap(({ leaf }) =>
    isOldLeaf(leaf) || keys.has(leaf.subject) ? [] : [leaf.subject],
  );
  const onRecord = await erased(tenantId, keyless);
  const proofs = rowProofs === undefined || stored.length === 0 ? undefined : await rowProofs.of(tenantId);
  return split.map(({ leaf, leafHash, sealed, proof, isFromBefore }) => ({
    leaf,
    leafHash,
    ...(isOldLeaf(leaf) ? { reveal: null } : openOne(leaf, sealed, keys.get(leaf.subject), onRecord)),
    ...(proofs === undefined || isFromBefore === true || isOurs(proofs, { ...leaf, leafHash, proof })
      ? {}
      : { isUnproven: true }),
  }));
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
  { tenantId, id, subject, personal }: PublicEntry,
  sealed: string | undefined,
  key: Envelope | undefined,
  erased: ReadonlySet<string>,
): Pick<OpenedLeaf, 'reveal' | 'closed'> {
  if (key === undefined) return { reveal: null, closed: erased.has(subject) ? 'erased' : 'unreadable' };
  try {
    const plain = key.open(Buffer.from(sealed ?? '', 'base64'), sealedPlace(tenantId, id));
    const reveal = revealShape.parse(JSON.parse(Buffer.from(plain).toString()));
    return commitmentTo(reveal) === personal ? { reveal } : { reveal: null, closed: 'unreadable' };
  } catch {
    return { reveal: null, closed: 'unreadable' };
  }
}
