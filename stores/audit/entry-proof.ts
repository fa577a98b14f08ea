import type { TenantProofs } from '../key/row-proofs.ts';

/** Of which rows an entry's proof speaks (stores/key/row-proofs.ts). */
export const entryKind = 'entry';

/**
 * What is proven of an entry. The leaf covers every value but the sealed bytes, which open in their own entry alone. A table
 * that only grows has one row of an id and a time, so a proof that holds is on the row that it was made for.
 */
export interface ProvenEntry {
  id: string;
  /** ISO 8601. */
  timestamp: string;
  /** Hex. */
  leafHash: string;
  /** Base64; `null` where there is none. */
  proof: string | null;
}

export function isOurs(proofs: Pick<TenantProofs, 'isProven'>, entry: ProvenEntry): boolean {
  const { id, timestamp, leafHash, proof } = entry;
  return proofs.isProven(
    entryKind,
    { id, timestamp, leafHash },
    proof === null ? null : Buffer.from(proof, 'base64'),
  );
}
