import { createHashSource, levelsPerTile, type ReadHashes } from './hash-source.ts';
import type { TreeHead } from './statement.ts';
import { completeSubtrees, createTreeBuilder, hashBytes, type TreeNode, toHex } from './tree.ts';

/** Why a stored tree does not continue its last signed head. */
export type TreeBreak = 'rolled_back' | 'root_differs' | 'leaf_missing';

export type Grown =
  | { kind: 'grown'; size: number; rootHash: string; nodes: readonly TreeNode[] }
  | { kind: 'broken'; why: TreeBreak };

/** Leaves read at once. */
const pieceSize = 8_192;

interface GrowTreeOptions {
  /** The last signed head; `null` before the first. */
  head: TreeHead | null;
  /** Number of leaves stored now. */
  leaves: number;
  read: ReadHashes;
  /**
   * Compute from the leaves rather than from the stored subtrees: finds a changed leaf wherever it is, and takes long.
   */
  wholly: boolean;
  /** Called between pieces. */
  onProgress?: () => void;
}

/**
 * The tree over `leaves`, after checking that it continues the one that was signed last. Reads the new leaves and a
 * little of what lies before, or all leaves when `wholly`.
 */
export async function growTree(options: GrowTreeOptions): Promise<Grown> {
  const { head, leaves, read, wholly, onProgress = () => {} } = options;
  const signed = head?.claims.size ?? 0;
  if (leaves < signed) return { kind: 'broken', why: 'rolled_back' };
  const source = createHashSource(read);
  const made: TreeNode[] = [];
  const builder = createTreeBuilder((node) => {
    if (node.level % levelsPerTile === 0) made.push(node);
  });
  const appendLeaves = async (to: number): Promise<boolean> => {
    while (builder.size() < to) {
      const wanted = Math.min(pieceSize, to - builder.size());
      const bytes = await read(0, builder.size(), wanted);
      if (bytes.length !== wanted * hashBytes) return false;
      for (let at = 0; at < bytes.length; at += hashBytes) builder.append(bytes.subarray(at, at + hashBytes));
      onProgress();
    }
    return true;
  };
  try {
    if (wholly) {
      if (!(await appendLeaves(signed))) return { kind: 'broken', why: 'leaf_missing' };
      for (const { level, index, hash } of made.splice(0)) {
        if (toHex(await source.subtree(level, index)) !== toHex(hash))
          return { kind: 'broken', why: 'root_differs' };
      }
    } else {
      for (const { level, index } of completeSubtrees(0, signed)) {
        builder.append(await source.subtree(level, index), level);
      }
    }
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'broken', why: 'leaf_missing' };
    throw error;
  }
  if (head !== null && toHex(builder.root()) !== head.claims.rootHash)
    return { kind: 'broken', why: 'root_differs' };
  made.splice(0);
  if (!(await appendLeaves(leaves))) return { kind: 'broken', why: 'leaf_missing' };
  return { kind: 'grown', size: leaves, rootHash: toHex(builder.root()), nodes: made };
}
