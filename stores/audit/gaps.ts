import { sql } from 'kysely';
import type { AuditEntry } from '#domain/audit/audit.ts';
import { actionRunId, requestOfActionRun } from '#domain/ids.ts';
import { isFinal } from '#domain/request/request.ts';
import type { Database } from '#platform/database/pool.ts';
import { jsonText } from '#platform/database/valid-text.ts';
import type { TenantDatabase } from '../database.ts';
import type { RowProofs } from '../key/row-proofs.ts';
import { ensureOne, type SubjectStore } from '../person/subjects.ts';
import { createPolicyGapStore, type PolicyGapStore } from '../policy/gaps.ts';
import type { Gap, GapSpan } from './gap.ts';
import { auditWrite } from './ledger.ts';
import { sealEntry } from './seal-entries.ts';

/** How far a request has come. */
export interface RequestRow {
  final: boolean;
  /** ISO 8601. */
  updatedAt: string;
}

export interface GapStore extends PolicyGapStore {
  /** Rows of the ledger whose counterpart is missing and that are not on record as gaps; `limit` at most. */
  inLedger(tenantId: string, span: GapSpan, limit: number): Promise<Gap[]>;
  /** Writes that the request counts as done although the ledger has no success for them. */
  inRequests(tenantId: string, span: GapSpan): Promise<Gap[]>;
  /** Of these runs those whose action waits, as people are shown, for a time that is not before this one (ISO 8601). */
  waiting(tenantId: string, runIds: readonly string[], until: string): Promise<ReadonlySet<string>>;
  /** How far these requests have come; those without a row are absent. */
  requestRows(tenantId: string, ids: readonly string[]): Promise<ReadonlyMap<string, RequestRow>>;
  /** Those that are not on record. */
  unrecorded(tenantId: string, found: readonly Gap[]): Promise<Gap[]>;
  /** Writes gap and entry, once; false when the gap is on record already. Throws `AUDIT_WRITE_FAILED`. */
  record(tenantId: string, gap: Gap, entry: AuditEntry): Promise<boolean>;
  /** How many gaps were found since then, in all tenants. */
  foundSince(at: string): Promise<number>;
}

interface GapOptions {
  database: TenantDatabase;
  pool: Database;
  subjects: SubjectStore;
  rowProofs: RowProofs;
}

export function createGapStore({ database, pool, subjects, rowProofs }: GapOptions): GapStore {
  return {
    ...createPolicyGapStore({ database, pool }),
    async inLedger(tenantId, { after, before }, limit) {
      const [row] = await pool.query<{ found: Gap[] }>('SELECT ledger.find_gaps($1, $2, $3, $4) AS found', [
        tenantId,
        after,
        before,
        limit,
      ]);
      return row?.found ?? [];
    },
    async inRequests(tenantId, { after, before }) {
      const done = await database.inTenant(tenantId, (tx) =>
        tx
          .selectFrom('request_actions')
          .select(['request_id', 'n', 'sending'])
          .where('state', '=', 'done')
          .where('effect', '<>', 'read')
          .where('updated_at', '>=', after)
          .where('updated_at', '<', before)
          .execute(),
      );
      if (done.length === 0) return [];
      const runs = done.map(({ request_id, n, sending }) => actionRunId(request_id, n, sending));
      const [row] = await pool.query<{ bare: string[] }>(
        'SELECT ledger.runs_without_success($1, $2) AS bare',
        [tenantId, jsonText(runs)],
      );
      return (row?.bare ?? []).map((ref) => ({ kind: 'done_without_success', ref }));
    },
    async waiting(tenantId, runIds, until) {
      if (runIds.length === 0) return new Set();
      const rows = await database.inTenant(tenantId, (tx) =>
        tx
          .selectFrom('request_actions')
          .select(['request_id', 'n', 'sending'])
          .where('request_id', '=', sql<string>`ANY(${runIds.map(requestOfActionRun)}::text[])`)
          // One that has ended keeps the time, but waits for nothing.
          .where('waits_to', 'is not', null)
          .where('waits_until', '>=', until)
          .execute(),
      );
      return new Set(rows.map(({ request_id, n, sending }) => actionRunId(request_id, n, sending)));
    },
    requestRows: async (tenantId, ids) => {
      if (ids.length === 0) return new Map();
      const rows = await database.inTenant(tenantId, (tx) =>
        tx
          .selectFrom('requests')
          .select(['id', 'state', 'updated_at'])
          .where('id', '=', sql<string>`ANY(${[...ids]}::text[])`)
          .execute(),
      );
      return new Map(
        rows.map(({ id, state, updated_at: updatedAt }) => [id, { final: isFinal(state), updatedAt }]),
      );
    },
    async unrecorded(tenantId, found) {
      if (found.length === 0) return [];
      const [row] = await pool.query<{ fresh: Gap[] }>('SELECT ledger.new_gaps($1, $2) AS fresh', [
        tenantId,
        jsonText(found),
      ]);
      return row?.fresh ?? [];
    },
    record: (tenantId, { kind, ref }, entry) =>
      auditWrite(async () => {
        const person = await ensureOne(subjects, tenantId, entry.userId);
        const [row] = await pool.query<{ recorded: boolean }>(
          'SELECT ledger.record_gap($1, $2, $3, $4) AS recorded',
          [tenantId, kind, ref, sealEntry(entry, person, await rowProofs.of(tenantId))],
        );
        return row?.recorded === true;
      }),
    async foundSince(at) {
      const [row] = await pool.query<{ found: number }>('SELECT ledger.gaps_since($1) AS found', [at]);
      return row?.found ?? 0;
    },
  };
}
