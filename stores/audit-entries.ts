import type { ActionType, AuditEntry, AuditOutcome } from '#domain/audit.ts';
import type { Verdict } from '#domain/verdict.ts';
import type { Database } from '#platform/database/pool.ts';
import { jsonText } from '#platform/database/valid-text.ts';

/** Which entries a person may see; the caller derives it from role and policy. */
export type AuditVisibility =
  | { kind: 'tenant' }
  | { kind: 'org'; orgUnit: string }
  | { kind: 'own'; userId: string };

export interface AuditFilters {
  userId?: string;
  actionType?: ActionType;
  outcome?: AuditOutcome;
  policyResult?: Verdict;
  /** ISO 8601, inclusive. */
  from?: string;
  /** ISO 8601, exclusive. */
  to?: string;
  requestId?: string;
}

export interface AuditQuery {
  visibility: AuditVisibility;
  filters?: AuditFilters;
  /** 1 to 1000. */
  limit: number;
  offset: number;
}

export type StoredAuditEntry = AuditEntry & { leafHash: string };

export interface AuditPage {
  total: number;
  entries: StoredAuditEntry[];
}

export interface AuditReader {
  /** Newest first. */
  query(tenantId: string, query: AuditQuery): Promise<AuditPage>;
  get(tenantId: string, id: string, visibility: AuditVisibility): Promise<StoredAuditEntry | undefined>;
}

export function createAuditReader({ pool }: { pool: Database }): AuditReader {
  async function read(
    tenantId: string,
    visibility: AuditVisibility,
    filters: object,
    page: [number, number],
  ) {
    const [row] = await pool.query<{ answer: AuditPage }>(
      'SELECT ledger.read_entries($1, $2, $3, $4, $5) AS answer',
      [tenantId, jsonText(visibility), jsonText(filters), ...page],
    );
    return row?.answer ?? { total: 0, entries: [] };
  }
  return {
    query: (tenantId, { visibility, filters = {}, limit, offset }) =>
      read(tenantId, visibility, filters, [limit, offset]),
    async get(tenantId, id, visibility) {
      const { entries } = await read(tenantId, visibility, { id }, [1, 0]);
      return entries[0];
    },
  };
}
