import { sql } from 'kysely';
import { z } from 'zod';
import { actionRunId } from '#domain/ids.ts';
import type { Database } from '#platform/database/pool.ts';
import { jsonText } from '#platform/database/valid-text.ts';
import type { TenantDatabase } from '../database.ts';
import type { HeldPerson } from '../person/legal-holds.ts';

/** Contents past their retention: older than `before` (ISO 8601), and under no legal hold. */
interface PastTime {
  before: string;
  held: readonly HeldPerson[];
}

/** Only those of requests by people of these units. */
interface PastTimeOfUnits extends PastTime {
  units: readonly string[];
}

const deleted = z.object({ requests: z.int(), contents: z.int() });

/** Requests that now have no contents left, and how many contents were deleted. */
export type DeletedContent = z.infer<typeof deleted>;

/** A request that has ended, with the runs of its writes. */
export interface EndedRequest {
  id: string;
  runs: readonly string[];
}

export interface EndedPage {
  requests: readonly EndedRequest[];
  /** Where the next page begins; `null` on the last. */
  after: string | null;
}

/**
 * Deletes what of `content` is past its retention. The database itself checks that it is a day old and no longer in
 * use; the caller says which time has passed and who is under legal hold.
 */
export interface ContentRetentionStore {
  /** Units of the people whose requests still have contents. */
  units(tenantId: string): Promise<string[]>;
  /**
   * Requests that ended before then, by id, after `after`; looks at `limit` of them and leaves out those that must
   * stay.
   */
  endedRequests(
    tenantId: string,
    past: PastTimeOfUnits & { after: string; limit: number },
  ): Promise<EndedPage>;
  /** Those of these writes that were claimed and have no outcome on record. */
  openRuns(tenantId: string, runs: readonly string[]): Promise<ReadonlySet<string>>;
  /** Deletes texts, inputs, answers, results, previews and reasons of these requests. Safe to repeat. */
  deleteOf(tenantId: string, requests: readonly string[], past: PastTime): Promise<DeletedContent>;
  /** Ids of reasons that nothing refers to any more: those of refused votes and of resolutions. */
  looseReasons(tenantId: string, past: PastTime & { limit: number }): Promise<string[]>;
  /** Returns how many. Safe to repeat. */
  deleteReasons(tenantId: string, reasons: readonly string[], past: PastTime): Promise<number>;
  /** Erases results of reads that are that old, `limit` at most; returns how many. */
  eraseEphemeral(tenantId: string, past: PastTimeOfUnits & { limit: number }): Promise<number>;
}

export function createContentRetentionStore(options: {
  database: TenantDatabase;
  pool: Database;
}): ContentRetentionStore {
  const { database, pool } = options;
  return {
    units: (tenantId) =>
      database.inTenant(tenantId, async (tx) => {
        const rows = await tx
          .selectFrom('requests')
          .select('org_unit')
          .distinct()
          .where('content_deleted_at', 'is', null)
          .orderBy('org_unit')
          .execute();
        return rows.map((row) => row.org_unit);
      }),
    endedRequests: (tenantId, { units, before, held, after, limit }) =>
      database.inTenant(tenantId, async (tx) => {
        // The page is chosen first, so that only its rows need the closer look.
        const { rows } = await sql<{ id: string; free: boolean; writes: { n: number; sending: number }[] }>`
          WITH page AS (
            SELECT id FROM requests
            WHERE org_unit = ANY (${[...units]}::text[]) AND finished_at < ${before} AND content_deleted_at IS NULL
              AND id > ${after}
            ORDER BY id LIMIT ${limit})
          SELECT r.id, content_may_go(r, ${JSON.stringify(held)}::jsonb) AS free,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('n', n, 'sending', sending)), '[]')
              FROM request_actions WHERE request_id = r.id AND effect <> 'read') AS writes
          FROM page JOIN requests r USING (id) ORDER BY r.id`.execute(tx);
        return {
          requests: rows.flatMap(({ id, free, writes }) => (free ? [{ id, runs: runsOf(id, writes) }] : [])),
          after: rows.length < limit ? null : (rows.at(-1)?.id ?? null),
        };
      }),
    async openRuns(tenantId, runs) {
      if (runs.length === 0) return new Set();
      const rows = await pool.query<{ run: string }>(
        `WITH claimed AS MATERIALIZED (
           SELECT run, ledger.claim_of($1, run) AS claim FROM jsonb_array_elements_text($2::jsonb) AS run)
         SELECT run FROM claimed WHERE claim IS NOT NULL AND claim->>'outcome' IS NULL`,
        [tenantId, jsonText(runs)],
      );
      return new Set(rows.map(({ run }) => run));
    },
    deleteOf: (tenantId, requests, { before, held }) =>
      database.inTenant(tenantId, async (tx) => {
        const { rows } = await sql<{ deleted: unknown }>`
          SELECT delete_content(${[...requests]}::text[], ${before}, ${JSON.stringify(held)}::jsonb) AS deleted`.execute(
          tx,
        );
        return deleted.parse(rows[0]?.deleted);
      }),
    looseReasons: (tenantId, { before, held, limit }) =>
      database.inTenant(tenantId, async (tx) => {
        const { rows } = await sql<{ id: string }>`
          SELECT id FROM content c
          WHERE purpose = 'decision_reason' AND sealed <> '\\x00' AND created_at < ${before}
            AND is_loose_reason(c, ${JSON.stringify(held)}::jsonb)
          ORDER BY created_at LIMIT ${limit}`.execute(tx);
        return rows.map(({ id }) => id);
      }),
    deleteReasons: (tenantId, reasons, { before, held }) =>
      database.inTenant(tenantId, async (tx) => {
        const { rows } = await sql<{ deleted: number }>`
          SELECT delete_loose_reasons(${[...reasons]}::text[], ${before}, ${JSON.stringify(held)}::jsonb) AS deleted`.execute(
          tx,
        );
        return rows[0]?.deleted ?? 0;
      }),
    eraseEphemeral: (tenantId, { units, before, held, limit }) =>
      database.inTenant(tenantId, async (tx) => {
        const { rows } = await sql<{ erased: number }>`
          SELECT erase_ephemeral(${[...units]}::text[], ${before}, ${JSON.stringify(held)}::jsonb, ${limit}) AS erased`.execute(
          tx,
        );
        return rows[0]?.erased ?? 0;
      }),
  };
}

/** Every sending of a write is a run of its own. */
function runsOf(id: string, writes: readonly { n: number; sending: number }[]): string[] {
  return writes.flatMap(({ n, sending }) =>
    Array.from({ length: sending }, (_, earlier) => actionRunId(id, n, earlier + 1)),
  );
}
