import type { Database } from '#platform/database/pool.ts';
import { jsonText } from '#platform/database/valid-text.ts';
import type { ReadHashes } from '#transparency/hash-source.ts';
import type { KeyStatement, TreeHead } from '#transparency/statement.ts';
import { type TreeNode, toHex } from '#transparency/tree.ts';

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
  /** Where `placed` is below the limit: what transactions before this number wrote has its place. */
  before: string;
  /** Entries in the older form, which get none; those that are on record as gaps are left out. */
  refused: readonly string[];
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
  /** Gives entries their places: those that came since the newest head, or `wholly` whichever have none. */
  place(tenantId: string, options: { wholly: boolean; limit: number }): Promise<Placing>;
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

export function createTreeStore({ pool }: { pool: Database }): TreeStore {
  async function call<Answer>(text: string, values: readonly unknown[]): Promise<Answer> {
    const [row] = await pool.query<{ answer: Answer }>(text, values);
    if (row === undefined) throw new Error('the audit database gave no answer');
    return row.answer;
  }
  return {
    state: (tenantId) => call('SELECT ledger.tree_state($1) AS answer', [tenantId]),
    place: (tenantId, { wholly, limit }) =>
      call('SELECT ledger.place($1, $2, $3) AS answer', [tenantId, wholly, limit]),
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
