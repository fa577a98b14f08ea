import { exportAudit } from '#domain/audit/calls.ts';
import { addressAt } from '../api/base.ts';

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

/** Where the browser fetches the file from by itself: it may be larger than a page can hold. */
export function exportAddress(format: 'json' | 'csv', filters: AuditFilters): string {
  return addressAt(exportAudit, { query: { format, ...filters } });
}
