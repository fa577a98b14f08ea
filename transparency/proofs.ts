import { timingSafeEqual } from 'node:crypto';
import type { HashSource } from './hash-source.ts';
import { emptyRoot, nodeHash, splitOf } from './tree.ts';

/** Audit path of the leaf at `position` in the tree of `size` leaves (RFC 6962 §2.1.1), from the leaf upwards. */
export async function inclusionProof(
  source: HashSource,
  position: number,
  size: number,
): Promise<Uint8Array[]> {
  if (!(position >= 0 && position < size)) throw new RangeError(`no position ${position} in ${size}`);
  const path: Uint8Array[] = [];
  for (let from = 0, to = size; to - from > 1; ) {
    const middle = from + splitOf(to - from);
    const isLeft = position < middle;
    path.unshift(await (isLeft ? source.rangeHash(middle, to) : source.rangeHash(from, middle)));
    if (isLeft) to = middle;
    else from = middle;
  }
  return path;
}

/** Proof that the tree of `from` leaves is the beginning of the tree of `to` (RFC 6962 §2.1.2). */
export async function consistencyProof(source: HashSource, from: number, to: number): Promise<Uint8Array[]> {
  if (!(from >= 1 && from <= to)) throw new RangeError(`no proof from ${from} to ${to}`);
  const path: Uint8Array[] = [];
  let [begin, end, isWhole] = [0, to, true];
  while (from < end) {
    const middle = begin + splitOf(end - begin);
    if (from <= middle) {
      path.unshift(await source.rangeHash(middle, end));
      end = middle;
    } else {
      path.unshift(await source.rangeHash(begin, middle));
      begin = middle;
      isWhole = false;
    }
  }
  if (!isWhole) path.unshift(await source.rangeHash(begin, end));
  return path;
}

interface Inclusion {
  leafHash: Uint8Array;
  position: number;
  size: number;
  proof: readonly Uint8Array[];
  root: Uint8Array;
}

/** Does the path lead from the leaf to the root (RFC 9162 §2.1.3.2)? */
export function verifyInclusion({ leafHash, position, size, proof, root }: Inclusion): boolean {
  if (!(Number.isSafeInteger(position) && position >= 0 && position < size)) return false;
  let [fn, sn, hash] = [position, size - 1, leafHash];
  for (const sibling of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, half(sn)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && same(hash, root);
}

interface Consistency {
  from: number;
  to: number;
  fromRoot: Uint8Array;
  toRoot: Uint8Array;
  proof: readonly Uint8Array[];
}

/** Is the older tree the beginning of the newer one (RFC 9162 §2.1.4.2)? */
export function verifyConsistency({ from, to, fromRoot, toRoot, proof }: Consistency): boolean {
  if (!(Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from <= to)) return false;
  if (from === to) return proof.length === 0 && same(fromRoot, toRoot);
  if (from === 0) return proof.length === 0 && same(fromRoot, emptyRoot());
  const isPower = Number.isInteger(Math.log2(from));
  const [first, ...rest] = isPower ? [fromRoot, ...proof] : proof;
  if (first === undefined) return false;
  let [fn, sn] = [from - 1, to - 1];
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  let [older, newer] = [first, first];
  for (const sibling of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      older = nodeHash(sibling, older);
      newer = nodeHash(sibling, newer);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, half(sn)];
    } else {
      newer = nodeHash(newer, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && same(older, fromRoot) && same(newer, toRoot);
}

function half(n: number): number {
  return Math.floor(n / 2);
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
