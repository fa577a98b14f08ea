import { nobody } from '#domain/person/nobody.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { RecordGaps } from '#governance/upkeep/record-gaps.ts';
import type { TreeDifference, TreeState, TreeStore } from '#stores/audit/tree.ts';
import { growTree, type TreeBreak } from '#transparency/grow-tree.ts';
import { signStatement, statementDigest, type TreeHead } from '#transparency/statement.ts';
import type { TreeSigner } from '#transparency/tree-signer.ts';
import { createTrust } from '#transparency/trust.ts';

export interface SignHeadOptions {
  tree: TreeStore;
  /** Signs heads. */
  signer: TreeSigner;
  /** The previous key, for as long as it has to introduce the new one. */
  previousSigner?: TreeSigner;
  /** Public keys (hex) that earlier heads may have been signed with, besides those of the two signers. */
  trustedKeys: readonly string[];
  /** The newest head that has been published, where we can read it back. */
  lastPublished(tenantId: string): Promise<TreeHead | undefined>;
  recordEvent: RecordEvent;
  recordGaps: RecordGaps;
  /** After so many heads everything is looked at; default 60, about an hour. */
  wholeEvery?: number;
}

/** Why no head is signed: `foreign_leaf`: an entry has a place, but no proof that it is ours. */
type Broken = TreeBreak | 'head_not_ours' | 'foreign_leaf';

/** The outcome of a checkpoint of one tenant. */
export type HeadOutcome =
  | {
      kind: 'signed';
      head: TreeHead;
      /** It is dated as the head before it, which is ahead of the database's clock. */
      isAhead: boolean;
    }
  | { kind: 'broken'; why: Broken }
  | { kind: 'raced' };

/** Entries placed, or looked at, per round trip. */
const batchSize = 10_000;

/** At most so many differing entries are named; there may be millions. */
const mostDifferences = 10;

/**
 * Gives new entries their places, checks the tree against its last signed head, and signs a new one. Of clocks, that of
 * the database alone has a say, and only in how heads are dated.
 */
export function createSignHead(options: SignHeadOptions) {
  const { tree, signer, previousSigner, recordEvent, wholeEvery = 60 } = options;
  const own = [signer, ...(previousSigner === undefined ? [] : [previousSigner])];
  const trusted = [...own.map(({ publicKey }) => publicKey), ...options.trustedKeys];

  /** Places whatever has none and may have one; until which transaction that is certain. */
  async function place(tenantId: string, wholly: boolean, onProgress: () => void): Promise<string> {
    const { before, refused, foreign } = await tree.place(tenantId, { wholly, limit: batchSize, onProgress });
    await options.recordGaps(tenantId, [
      ...refused.map((ref) => ({ kind: 'entry_without_place', ref }) as const),
      ...foreign.map((ref) => ({ kind: 'entry_foreign', ref }) as const),
    ]);
    return before;
  }

  /** Whether somebody else gave places to entries that are not ours. Where they did, that is on record as gaps. */
  async function hasForeignLeaves(
    tenantId: string,
    range: { from: number; to: number },
    onProgress: () => void,
  ) {
    for (let from = range.from; from < range.to; from += batchSize) {
      const foreign = await tree.unproven(tenantId, { from, to: Math.min(from + batchSize, range.to) });
      onProgress();
      if (foreign.length === 0) continue;
      await options.recordGaps(
        tenantId,
        foreign.map((ref) => ({ kind: 'entry_foreign', ref })),
      );
      return true;
    }
    return false;
  }

  async function introduceKey(tenantId: string, { keys, at }: TreeState): Promise<void> {
    const known = keys.find(({ claims }) => claims.keyId === signer.signer.keyId);
    if (known !== undefined && known.claims.publicKey !== signer.publicKey)
      throw new RangeError(`two audit keys are called ${known.claims.keyId}`);
    if (known !== undefined) return;
    const before = keys.some(({ claims }) => claims.keyId === previousSigner?.signer.keyId);
    const by = before && previousSigner !== undefined ? previousSigner : signer;
    const statement = signStatement(by.signer, {
      kind: 'audit-key',
      tenantId,
      keyId: signer.signer.keyId,
      publicKey: signer.publicKey,
      at,
    });
    await tree.addKey(tenantId, statement);
  }

  async function broken(tenantId: string, n: number, why: Broken): Promise<HeadOutcome> {
    await recordEvent(nobody(tenantId), {
      event: 'audit.tree_broken',
      detail: `audit tree after head ${n}: ${why}`,
      outcome: 'error',
      metadata: { head: n, why },
      dedupeKey: `tree_broken:${n}:${why}`,
    });
    return { kind: 'broken', why };
  }

  async function reportDifferences(tenantId: string, leaves: number, onProgress: () => void): Promise<void> {
    const found: TreeDifference[] = [];
    for (let from = 0; from < leaves && found.length < mostDifferences; from += batchSize) {
      const range = { from, to: from + batchSize, limit: mostDifferences };
      found.push(...(await tree.differences(tenantId, range)));
      onProgress();
    }
    for (const { entryId, position, kind } of found.slice(0, mostDifferences)) {
      await recordEvent(nobody(tenantId), {
        event: 'audit.entry_differs',
        detail: `audit entry ${entryId} at position ${position} is ${kind}`,
        outcome: 'error',
        metadata: { entry_id: entryId, position, kind },
        dedupeKey: `entry_differs:${entryId}:${kind}`,
      });
    }
  }

  return async function signHead(tenantId: string, onProgress: () => void): Promise<HeadOutcome> {
    const { head } = await tree.state(tenantId);
    const n = head?.claims.n ?? 0;
    const wholly = n % wholeEvery === 0;
    const placedBefore = await place(tenantId, wholly, onProgress);
    const state = await tree.state(tenantId);
    if (state.head?.claims.n !== head?.claims.n) return { kind: 'raced' };
    const published = await options.lastPublished(tenantId);
    if (published !== undefined && isPast(published, head)) return broken(tenantId, n, 'rolled_back');
    if (head !== null && createTrust(trusted, state.keys).distrust(head) !== undefined)
      return broken(tenantId, n, 'head_not_ours');
    const read = tree.readHashes(tenantId);
    const unsigned = { from: head?.claims.size ?? 0, to: state.leaves };
    if (await hasForeignLeaves(tenantId, unsigned, onProgress)) return broken(tenantId, n, 'foreign_leaf');
    const grown = await growTree({ head, leaves: state.leaves, read, wholly, onProgress });
    if (grown.kind === 'broken') return broken(tenantId, n, grown.why);
    if (wholly) await reportDifferences(tenantId, state.leaves, onProgress);
    await introduceKey(tenantId, state);
    const earliest = head === null ? '' : head.claims.at;
    const next = signStatement(signer.signer, {
      kind: 'audit-head',
      tenantId,
      n: n + 1,
      size: grown.size,
      rootHash: grown.rootHash,
      // A clock that was set back must not put heads out of order: until it has caught up, their time stands still.
      at: state.at > earliest ? state.at : earliest,
      previous: head === null ? null : statementDigest(head),
    });
    const added = await tree.addHead(tenantId, next, grown.nodes, placedBefore);
    if (!added) return { kind: 'raced' };
    return { kind: 'signed', head: next, isAhead: earliest > state.at };
  };
}

/** A head was published that we do not have: our database was restored from an older state, or is another one. */
function isPast(published: TreeHead, head: TreeHead | null): boolean {
  if (head === null || published.claims.n > head.claims.n) return true;
  return published.claims.n === head.claims.n && statementDigest(published) !== statementDigest(head);
}
