import type { AuditPage } from '../api-client.ts';
import { textTable } from './table.ts';

/** One line per entry, and how many there are. */
export function auditText({ total, offset, entries }: AuditPage, width: number | undefined): string {
  if (entries.length === 0) return `No entries (${total} in all).`;
  const rows = entries.map((entry) => [
    entry.timestamp,
    entry.event,
    entry.outcome,
    entry.policy_result ?? '',
    entry.policy_applied,
    entry.user_id,
    entry.request_id ?? '',
    entry.action_detail,
  ]);
  const head = ['TIME', 'EVENT', 'OUTCOME', 'POLICY SAYS', 'POLICY', 'USER', 'REQUEST', 'DETAIL'];
  const shown = `${offset + 1} to ${offset + entries.length} of ${total}`;
  return `${textTable({ head, rows, width })}\nEntries ${shown}`;
}
