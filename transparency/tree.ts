import { hash } from 'node:crypto';

export const hashBytes = 32;

/** RFC 6962 inner node: SHA-256 over a one byte and the two hashes below. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + 2 * hashBytes);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 1 + hashBytes);
  return hash('sha256', bytes, 'buffer');
}

/** Root of a tree without leaves: SHA-256 of nothing. */
export function emptyRoot(): Uint8Array {
  return hash('sha256', new Uint8Array(), 'buffer');
}

/** A complete subtree of 2^`level` leaves, the `index`th of its level. */
export interface TreeNode {
  level: number;
  index: number;
  hash: Uint8Array;
}

/** A tree that grows: it stores only the roots of its complete subtrees, log2(size) of them, and no leaf. */
export interface TreeBuilder {
  size(): number;
  /** Appends a leaf, or a complete subtree of 2^`level` leaves; throws `RangeError` where none can begin. */
  append(hash: Uint8Array, level?: number): void;
  root(): Uint8Array;
}

/** `onNode` is called for each subtree when it becomes complete, but not for appended ones. */
export function createTreeBuilder(onNode: (node: TreeNode) => void = () => {}): TreeBuilder {
  const peaks: { level: number; hash: Uint8Array }[] = [];
  let size = 0;
  return {
    size: () => size,
    append(leaf, level = 0) {
      const leaves = 2 ** level;
      if (size % leaves !== 0) throw new RangeError(`no subtree of ${leaves} leaves begins at ${size}`);
      size += leaves;
      let made = { level, hash: leaf };
      for (let left = peaks.at(-1); left?.level === made.level; left = peaks.at(-1)) {
        peaks.pop();
        made = { level: made.level + 1, hash: nodeHash(left.hash, made.hash) };
        onNode({ ...made, index: size / 2 ** made.level - 1 });
      }
      peaks.push(made);
    },
    root() {
      const last = peaks.at(-1);
      if (last === undefined) return emptyRoot();
      return peaks.slice(0, -1).reduceRight((right, left) => nodeHash(left.hash, right), last.hash);
    },
  };
}

/** Largest power of two below `n` (n ≥ 2): where RFC 6962 splits a tree of n leaves. */
export function splitOf(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** The range [from, to) as the largest complete subtrees that fit, from left to right. */
export function* completeSubtrees(from: number, to: number): Generator<Omit<TreeNode, 'hash'>> {
  for (let at = from; at < to; ) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level += 1;
    yield { level, index: at / 2 ** level };
    at += 2 ** level;
  }
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Throws `RangeError` for anything but 64 lower-case hex digits. */
export function fromHex(hex: string): Uint8Array {
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new RangeError('not a hash of 64 lower-case hex digits');
  return Buffer.from(hex, 'hex');
}
