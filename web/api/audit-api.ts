import { apiBase } from './base.ts';
import { type Calls, queryText } from './calls.ts';
import type { AuditEntryView, AuditHeads, AuditPage, AuditProof } from './types.ts';

/** Filters of the audit log as the API names them; what isn't said lets everything through. */
export type AuditFilters = Readonly<Partial<Record<(typeof auditFilterNames)[number], string>>>;

export const auditFilterNames = [
  'outcome',
  'action_type',
  'policy_result',
  'user_id',
  'request_id',
  'from',
  'to',
] as const;

/** The audit log. Every look at entries is on record itself, so that nothing here is asked for twice. */
export interface AuditApi {
  list(filters: AuditFilters, cursor?: string): Promise<AuditPage>;
  entry(id: string): Promise<AuditEntryView>;
  /** Waits a little for the next head where none covers the entry yet. */
  proof(id: string): Promise<AuditProof>;
  /** The newest alone. */
  heads(): Promise<AuditHeads>;
}

const pageSize = 50;
const proofLimitMs = 60_000;

export function auditApi({ json }: Calls): AuditApi {
  const one = (id: string) => `${apiBase}/audit/${encodeURIComponent(id)}`;
  return {
    list: (filters, cursor) => json(`${apiBase}/audit${queryText({ ...filters, limit: pageSize, cursor })}`),
    entry: (id) => json(one(id)),
    proof: (id) => json(`${one(id)}/proof`, { limitMs: proofLimitMs }),
    heads: () => json(`${apiBase}/audit/heads?limit=1`),
  };
}

/** Where the browser fetches the file from by itself: it may be larger than a page can hold. */
export function exportAddress(format: 'json' | 'csv', filters: AuditFilters): string {
  return `${apiBase}/audit/export${queryText({ format, ...filters })}`;
}
