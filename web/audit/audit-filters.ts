import { exportAudit } from '#domain/audit/calls.ts';
import { addressAt } from '../api/base.ts';

/** Filters of the audit log as the API names them; one that is left out lets everything through. */
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

/** The address of the file, which the browser fetches itself: it may be larger than a page can hold. */
export function exportAddress(format: 'json' | 'csv', filters: AuditFilters): string {
  return addressAt(exportAudit, { query: { format, ...filters } });
}
