import type { RecordEvent } from '#governance/record.ts';
import type { TreeState, TreeStore } from '#stores/tree.ts';
import { growTree, type TreeBreak } from '#transparency/grow-tree.ts';
import { type KeyStatement, signStatement, statementDigest, type TreeHead } from '#transparency/statement.ts';
import type { TreeSigner } from '#transparency/tree-signer.ts';
import { createTrust } from '#transparency/trust.ts';
import { nobody } from './nobody.ts';

export interface CheckpointTenantOptions {
  tree: TreeStore;
  /** Signs heads. */
  signer: TreeSigner;
  /** The key before it, for as long as the new one has to be introduced. */
  previousSigner?: TreeSigner;
  /** Public keys (hex) that earlier heads may be signed with, beside those of the two signers. */
  heldKeys: readonly string[];
  /** The newest head that outsiders were given, where we can look. */
  lastPublished(tenantId: string): Promise<TreeHead | undefined>;
  recordEvent: RecordEvent;
  now(): Date;
}

/** What came of a tenant's checkpoint. */
export type Checkpoint =
  | { kind: 'signed'; head: TreeHead; grew: boolean; keys: readonly KeyStatement[] }
  | { kind: 'broken'; why: TreeBreak | 'head_not_ours' }
  | { kind: 'raced' };

/** Entries that get a place in one trip. */
const batchSize = 20_000;

/** How far before the last head new entries are looked for; once an hour they are looked for everywhere. */
const lookBackMs = 5 * 60_000;

/** New entries get their places, the tree is checked against its last signed head, and a new head is signed. */
export function createCheckpointTenant(options: CheckpointTenantOptions) {
  const { tree, signer, previousSigner, recordEvent, now } = options;
  const own = [signer, ...(previousSigner === undefined ? [] : [previousSigner])];
  const held = [...own.map(({ publicKey }) => publicKey), ...options.heldKeys];

  async function introduceKey(tenantId: string, { keys }: TreeState): Promise<KeyStatement[]> {
    const known = keys.find(({ claims }) => claims.keyId === signer.signer.keyId);
    if (known !== undefined && known.claims.publicKey !== signer.publicKey)
      throw new RangeError(`two audit keys are called ${known.claims.keyId}`);
    if (known !== undefined) return [];
    const before = keys.some(({ claims }) => claims.keyId === previousSigner?.signer.keyId);
    const by = before && previousSigner !== undefined ? previousSigner : signer;
    const statement = signStatement(by.signer, {
      kind: 'audit-key',
      tenantId,
      keyId: signer.signer.keyId,
      publicKey: signer.publicKey,
      at: now().toISOString(),
    });
    await tree.addKey(tenantId, statement);
    return [statement];
  }

  async function broken(tenantId: string, n: number, why: TreeBreak | 'head_not_ours'): Promise<Checkpoint> {
    await recordEvent(nobody(tenantId), {
      event: 'audit.tree_broken',
      detail: `audit tree after head ${n}: ${why}`,
      outcome: 'error',
      metadata: { head: n, why },
      dedupeKey: `tree_broken:${n}:${why}`,
    });
    return { kind: 'broken', why };
  }

  async function reportDifferences(tenantId: string): Promise<void> {
    for (const { entryId, position, kind } of await tree.differences(tenantId, 10)) {
      await recordEvent(nobody(tenantId), {
        event: 'audit.entry_differs',
        detail: `audit entry ${entryId} at position ${position} is ${kind}`,
        outcome: 'error',
        metadata: { entry_id: entryId, position, kind },
        dedupeKey: `entry_differs:${entryId}:${kind}`,
      });
    }
  }

  return async function checkpointTenant(tenantId: string, onProgress: () => void): Promise<Checkpoint> {
    const { head } = await tree.state(tenantId);
    const at = now();
    const wholly = head === null || head.claims.at.slice(0, 13) !== at.toISOString().slice(0, 13);
    const since =
      wholly || head === null ? null : new Date(Date.parse(head.claims.at) - lookBackMs).toISOString();
    for (let added = batchSize; added === batchSize; ) {
      added = await tree.sequence(tenantId, { since, limit: batchSize });
      onProgress();
    }
    const state = await tree.state(tenantId);
    if (state.head?.claims.n !== head?.claims.n) return { kind: 'raced' };
    const n = head?.claims.n ?? 0;
    const published = await options.lastPublished(tenantId);
    if (published !== undefined && isAhead(published, head)) return broken(tenantId, n, 'rolled_back');
    if (head !== null && createTrust(held, state.keys).distrust(head) !== undefined)
      return broken(tenantId, n, 'head_not_ours');
    const read = tree.readHashes(tenantId);
    const grown = await growTree({ head, leaves: state.leaves, read, wholly, onProgress });
    if (grown.kind === 'broken') return broken(tenantId, n, grown.why);
    if (wholly) await reportDifferences(tenantId);
    const keys = await introduceKey(tenantId, state);
    const earliest = head === null ? '' : head.claims.at;
    const stamp = at.toISOString();
    const next = signStatement(signer.signer, {
      kind: 'audit-head',
      tenantId,
      n: n + 1,
      size: grown.size,
      rootHash: grown.rootHash,
      // A clock that was put back doesn't put heads out of order.
      at: stamp > earliest ? stamp : earliest,
      previous: head === null ? null : statementDigest(head),
    });
    const added = await tree.addHead(tenantId, next, grown.nodes);
    if (!added) return { kind: 'raced' };
    return { kind: 'signed', head: next, grew: grown.size > (head?.claims.size ?? 0), keys };
  };
}

/** Outsiders hold a head that we don't have: our database is older than it once was, or another. */
function isAhead(published: TreeHead, head: TreeHead | null): boolean {
  if (head === null || published.claims.n > head.claims.n) return true;
  return published.claims.n === head.claims.n && statementDigest(published) !== statementDigest(head);
}
