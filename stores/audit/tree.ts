import type { Database } from '#platform/database/pool.ts';
import { jsonText } from '#platform/database/valid-text.ts';
import type { ReadHashes } from '#transparency/hash-source.ts';
import type { KeyStatement, TreeHead } from '#transparency/statement.ts';
import { type TreeNode, toHex } from '#transparency/tree.ts';
import type { RowProofs } from '../key/row-proofs.ts';
import { isOurs, type ProvenEntry } from './entry-proof.ts';

export interface TreeState {
  /** ISO 8601: the time by the audit database's clock. */
  at: string;
  /** Number of entries that have a place. */
  leaves: number;
  /** So many of the first leaves may have no entry any more: months before `expiredBefore` were dropped. */
  expiredLeaves: number;
  /** ISO 8601; `null` when there are no months at all. */
  expiredBefore: string | null;
  head: TreeHead | null;
  keys: readonly KeyStatement[];
}

/** What one look for entries without a place came to. */
export interface Placing {
  placed: number;
  /** What transactions before this number wrote has its place, unless it gets none. */
  before: string;
  /** Entries in the older form, which get none. */
  refused: readonly string[];
  /** Entries without a proof that holds, which get none. */
  foreign: readonly string[];
}

interface PlaceOptions {
  wholly: boolean;
  limit: number;
  onProgress?: () => void;
}

/** How far the tree is behind, by the audit database's clock. */
export interface TreeDelays {
  /** Milliseconds since the newest head was recorded; `null` without one. */
  headMs: number | null;
  /** An entry that has waited for its place for too long. */
  entryId: string | null;
}

/** A leaf that differs from its entry. */
export interface TreeDifference {
  entryId: string;
  position: number;
  kind: 'gone' | 'changed';
}

/** The tree over a tenant's audit entries, as the audit database keeps it. Throws `DATABASE_UNAVAILABLE`. */
export interface TreeStore {
  state(tenantId: string): Promise<TreeState>;
  /**
   * Gives entries their places where their proofs hold: those that came since the newest head, or `wholly` whichever have
   * none; `limit` in one round trip. None waits for one that gets none. Throws what `RowProofs.of` throws.
   */
  place(tenantId: string, options: PlaceOptions): Promise<Placing>;
  /**
   * The entries at positions [from, to) whose proofs don't hold; what has its place from before there were proofs, and what
   * is gone, is left out.
   */
  unproven(tenantId: string, range: { from: number; to: number }): Promise<string[]>;
  /**
   * `placedBefore` is what `place` said last. `false`: another worker has already written that head. Throws for a head that
   * is dated before the one before it, or ahead of both that one and the database's clock.
   */
  addHead(
    tenantId: string,
    head: TreeHead,
    nodes: readonly TreeNode[],
    placedBefore: string,
  ): Promise<boolean>;
  addKey(tenantId: string, key: KeyStatement): Promise<boolean>;
  /** Newest first: either the newest ones, or the last one of each day. */
  heads(tenantId: string, options: { kind: 'newest' | 'daily'; limit: number }): Promise<TreeHead[]>;
  /** Oldest first: head `n` and those after it. */
  headsFrom(tenantId: string, n: number, limit: number): Promise<TreeHead[]>;
  readHashes(tenantId: string): ReadHashes;
  /** `entryId` is one that has waited for longer than `lateMs`. */
  delays(tenantId: string, lateMs: number): Promise<TreeDelays>;
  /** `undefined` while an entry has no place. */
  placeOf(tenantId: string, entryId: string): Promise<number | undefined>;
  /**
   * Compares the leaves at positions [from, to) with their entries; for a large range, call it with many small ones.
   */
  differences(
    tenantId: string,
    range: { from: number; to: number; limit: number },
  ): Promise<TreeDifference[]>;
}

interface Unplaced {
  before: string;
  entries: readonly (ProvenEntry & { isOlder: boolean })[];
  next: object | null;
}

interface TreeOptions {
  pool: Database;
  rowProofs: RowProofs;
}

export function createTreeStore({ pool, rowProofs }: TreeOptions): TreeStore {
  async function call<Answer>(text: string, values: readonly unknown[]): Promise<Answer> {
    const [row] = await pool.query<{ answer: Answer }>(text, values);
    if (row === undefined) throw new Error('the audit database gave no answer');
    return row.answer;
  }
  return {
    state: (tenantId) => call('SELECT ledger.tree_state($1) AS answer', [tenantId]),
    async place(tenantId, { wholly, limit, onProgress = () => {} }) {
      const refused: string[] = [];
      const foreign: string[] = [];
      let placed = 0;
      // Of the first page: what came while the others were read may stand before where they begin.
      let before: string | undefined;
      for (let after: string | null = null; ; ) {
        const page: Unplaced = await call('SELECT ledger.unplaced($1, $2, $3, $4) AS answer', [
          tenantId,
          wholly,
          after,
          limit,
        ]);
        before ??= page.before;
        const ours: { id: string; timestamp: string }[] = [];
        const proofs = page.entries.length === 0 ? undefined : await rowProofs.of(tenantId);
        for (const entry of page.entries) {
          const { id, timestamp, isOlder } = entry;
          if (isOlder) refused.push(id);
          else if (proofs !== undefined && isOurs(proofs, entry)) ours.push({ id, timestamp });
          else foreign.push(id);
        }
        if (ours.length > 0)
          placed += await call<number>('SELECT ledger.place($1, $2) AS answer', [tenantId, jsonText(ours)]);
        onProgress();
        if (page.next === null) return { placed, before, refused, foreign };
        after = jsonText(page.next);
      }
    },
    async unproven(tenantId, { from, to }) {
      const leaves = await call<readonly (ProvenEntry & { isGone: boolean })[]>(
        'SELECT ledger.placed_proofs($1, $2, $3) AS answer',
        [tenantId, from, to],
      );
      if (leaves.length === 0) return [];
      const proofs = await rowProofs.of(tenantId);
      return leaves.filter((leaf) => !leaf.isGone && !isOurs(proofs, leaf)).map(({ id }) => id);
    },
    addHead: async (tenantId, head, nodes, placedBefore) => {
      const rows = nodes.map(({ level, index, hash }) => ({ level, index, hash: toHex(hash) }));
      const values = [tenantId, jsonText(head), jsonText(rows), placedBefore];
      return call('SELECT ledger.add_head($1, $2, $3, $4) AS answer', values);
    },
    addKey: async (tenantId, key) =>
      call('SELECT ledger.add_tree_key($1, $2) AS answer', [tenantId, jsonText(key)]),
    heads: (tenantId, { kind, limit }) =>
      call('SELECT ledger.read_heads($1, $2, $3) AS answer', [tenantId, kind, limit]),
    headsFrom: (tenantId, n, limit) =>
      call('SELECT ledger.read_heads_from($1, $2, $3) AS answer', [tenantId, n, limit]),
    readHashes: (tenantId) => (level, from, count) =>
      call('SELECT ledger.tree_hashes($1, $2, $3, $4) AS answer', [tenantId, level, from, count]),
    delays: (tenantId, lateMs) => call('SELECT ledger.tree_delays($1, $2) AS answer', [tenantId, lateMs]),
    placeOf: async (tenantId, entryId) =>
      (await call<number | null>('SELECT ledger.place_of($1, $2) AS answer', [tenantId, entryId])) ??
      undefined,
    differences: (tenantId, { from, to, limit }) =>
      call('SELECT ledger.tree_differences($1, $2, $3, $4) AS answer', [tenantId, from, to, limit]),
  };
}
