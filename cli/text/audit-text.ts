import type { AuditPage } from '#domain/audit/audit.schema.ts';
import { plainLine } from '../terminal-text.ts';
import { textTable } from './table.ts';

/** One line per entry, and how many there are. */
export function auditText(
  { total, total_exact: exact, offset, next_cursor: next, entries }: AuditPage,
  width: number | undefined,
): string {
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
  const shown = `${offset + 1} to ${offset + entries.length} of ${total}${exact ? '' : ' and more'}`;
  return `${textTable({ head, rows, width })}\nEntries ${shown}${next === null ? '' : `\nMore: --cursor ${plainLine(next)}`}`;
}
