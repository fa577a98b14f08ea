import { createTreeBuilder, hashBytes, nodeHash, splitOf } from './tree.ts';

/** Only every so many levels are stored: leaves (0), then complete subtrees of 2^8, 2^16, 2^24 leaves. */
export const levelsPerTile = 8;

const tileWidth = 2 ** levelsPerTile;

/** Hashes of one stored level from index `from` on, concatenated; fewer than `count` at the right edge. */
export type ReadHashes = (level: number, from: number, count: number) => Promise<Uint8Array>;

/** Any subtree hash of a stored tree, with few reads. It caches what it has read: make one per question. */
export interface HashSource {
  /** Root of the leaves [from, to) as RFC 6962 splits them; throws `RangeError` where hashes are missing. */
  rangeHash(from: number, to: number): Promise<Uint8Array>;
  subtree(level: number, index: number): Promise<Uint8Array>;
}

export function createHashSource(read: ReadHashes, keptTiles = 64): HashSource {
  const tiles = new Map<string, Promise<Uint8Array>>();

  function tile(level: number, index: number): Promise<Uint8Array> {
    const key = `${level}:${index}`;
    const known = tiles.get(key);
    if (known !== undefined) return known;
    const [oldest] = tiles.keys();
    if (tiles.size >= keptTiles && oldest !== undefined) tiles.delete(oldest);
    const reading = read(level, index * tileWidth, tileWidth);
    tiles.set(key, reading);
    return reading;
  }

  async function subtree(level: number, index: number): Promise<Uint8Array> {
    const above = level % levelsPerTile;
    const stored = level - above;
    const first = index * 2 ** above;
    const bytes = await tile(stored, Math.floor(first / tileWidth));
    const builder = createTreeBuilder();
    for (let at = first; at < first + 2 ** above; at += 1) {
      const begin = (at % tileWidth) * hashBytes;
      const hash = bytes.subarray(begin, begin + hashBytes);
      if (hash.length !== hashBytes) throw new RangeError(`no hash at level ${stored}, index ${at}`);
      builder.append(hash);
    }
    return builder.root();
  }

  async function rangeHash(from: number, to: number): Promise<Uint8Array> {
    const leaves = to - from;
    if (leaves < 1) throw new RangeError('a range has at least one leaf');
    const level = Math.log2(leaves);
    if (Number.isInteger(level)) return subtree(level, from / leaves);
    const middle = from + splitOf(leaves);
    return nodeHash(await rangeHash(from, middle), await rangeHash(middle, to));
  }

  return { rangeHash, subtree };
}
