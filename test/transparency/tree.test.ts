import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHashSource, levelsPerTile } from '#transparency/hash-source.ts';
import {
  consistencyProof,
  inclusionProof,
  verifyConsistency,
  verifyInclusion,
} from '#transparency/proofs.ts';
import { completeSubtrees, createTreeBuilder, fromHex, toHex } from '#transparency/tree.ts';
import { leafOf, naivePath, naiveProof, naiveRoot } from '../support/naive-tree.ts';

/** The eight leaves and the roots of every size that Certificate Transparency's implementations are tested with. */
const publishedLeaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => leafOf(Buffer.from(hex, 'hex')));
const publishedRoots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

function leavesOf(size: number): Buffer[] {
  return Array.from({ length: size }, (_, n) => leafOf(Buffer.from(`leaf ${n}`)));
}

/** The tree as the database keeps it: leaves, and every eighth level of complete subtrees. */
function sourceOf(leaves: readonly Buffer[]) {
  const levels = new Map<number, Uint8Array[]>([[0, [...leaves]]]);
  const builder = createTreeBuilder(({ level, hash }) => {
    if (level % levelsPerTile === 0) levels.set(level, [...(levels.get(level) ?? []), hash]);
  });
  for (const leaf of leaves) builder.append(leaf);
  return createHashSource(async (level, from, count) =>
    Buffer.concat((levels.get(level) ?? []).slice(from, from + count)),
  );
}

function rootOf(leaves: readonly Uint8Array[]): string {
  const builder = createTreeBuilder();
  for (const leaf of leaves) builder.append(leaf);
  return toHex(builder.root());
}

const thousand = leavesOf(1_000);
const size = fc.integer({ min: 1, max: thousand.length });

describe('the tree', () => {
  it('has the published roots', () => {
    const roots = publishedRoots.map((_, n) => rootOf(publishedLeaves.slice(0, n)));
    expect(roots).toEqual(publishedRoots);
  });

  it('has the root that the definition says, whatever the size', () => {
    fc.assert(
      fc.property(size, (n) => {
        const leaves = thousand.slice(0, n);
        expect(rootOf(leaves)).toBe(naiveRoot(leaves).toString('hex'));
      }),
    );
  });

  it('has the same root when whole subtrees stand in for their leaves', async () => {
    await fc.assert(
      fc.asyncProperty(size, fc.nat(), fc.nat(), async (n, a, b) => {
        const leaves = thousand.slice(0, n);
        const [from = 0, to = 0] = [a % (n + 1), b % (n + 1)].toSorted((x, y) => x - y);
        const source = sourceOf(leaves);
        const builder = createTreeBuilder();
        for (const leaf of leaves.slice(0, from)) builder.append(leaf);
        for (const { level, index } of completeSubtrees(from, to)) {
          builder.append(await source.subtree(level, index), level);
        }
        for (const leaf of leaves.slice(to)) builder.append(leaf);
        expect(toHex(builder.root())).toBe(rootOf(leaves));
      }),
      { numRuns: 30 },
    );
  });

  it('takes no subtree where none can begin', () => {
    const builder = createTreeBuilder();
    builder.append(leafOf(Buffer.from('a')));
    expect(() => builder.append(leafOf(Buffer.from('b')), 1)).toThrow('no subtree of 2 leaves begins at 1');
  });

  it('takes no hash of another length or case', () => {
    const hex = 'ab'.repeat(32);
    expect(toHex(fromHex(hex))).toBe(hex);
    for (const bad of [hex.toUpperCase(), hex.slice(1), `${hex}0`, '']) expect(() => fromHex(bad)).toThrow();
  });
});

describe('proofs', () => {
  it('are those of the definition, and hold for no other leaf, place or root', async () => {
    await fc.assert(
      fc.asyncProperty(size, fc.nat(), async (n, seed) => {
        const leaves = thousand.slice(0, n);
        const position = seed % n;
        const proof = await inclusionProof(sourceOf(leaves), position, n);
        expect(proof.map(toHex)).toEqual(naivePath(position, leaves).map(toHex));
        const leafHash = leaves[position] ?? Buffer.alloc(32);
        const root = naiveRoot(leaves);
        const inclusion = { leafHash, position, size: n, proof, root };
        expect(verifyInclusion(inclusion)).toBe(true);
        expect(verifyInclusion({ ...inclusion, leafHash: leafOf(Buffer.from('other')) })).toBe(false);
        expect(verifyInclusion({ ...inclusion, position: position + 1 })).toBe(false);
        expect(verifyInclusion({ ...inclusion, root: leafHash })).toBe(n === 1);
        expect(verifyInclusion({ ...inclusion, proof: [...proof, root] })).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('of consistency are those of the definition, and hold for no other tree', async () => {
    await fc.assert(
      fc.asyncProperty(size, fc.nat(), async (to, seed) => {
        const leaves = thousand.slice(0, to);
        const from = 1 + (seed % to);
        const proof = await consistencyProof(sourceOf(leaves), from, to);
        expect(proof.map(toHex)).toEqual(naiveProof(from, leaves).map(toHex));
        const fromRoot = naiveRoot(leaves.slice(0, from));
        const toRoot = naiveRoot(leaves);
        const consistency = { from, to, fromRoot, toRoot, proof };
        expect(verifyConsistency(consistency)).toBe(true);
        const forked = naiveRoot([...leaves.slice(0, from - 1), leafOf(Buffer.from('other'))]);
        expect(verifyConsistency({ ...consistency, fromRoot: forked })).toBe(false);
        expect(verifyConsistency({ ...consistency, toRoot: forked })).toBe(false);
        expect(verifyConsistency({ ...consistency, proof: [...proof, fromRoot] })).toBe(false);
        expect(verifyConsistency({ ...consistency, from: from - 1 })).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('are refused for places that are not in the tree', async () => {
    const source = sourceOf(thousand.slice(0, 5));
    await expect(inclusionProof(source, 5, 5)).rejects.toThrow('no position 5 in 5');
    await expect(inclusionProof(source, 4, 6)).rejects.toThrow('no hash at level 0');
    await expect(consistencyProof(source, 6, 5)).rejects.toThrow('no proof from 6 to 5');
  });
});
