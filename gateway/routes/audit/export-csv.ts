import { stringify } from 'csv-stringify/sync';
import type { PlacedEntry } from '#stores/audit/export.ts';
import { readableEntry } from '#stores/audit/open-entries.ts';

/** spec/enterprise.md §1.13. */
const columns = [
  'id',
  'tenant_id',
  'user_id',
  'timestamp',
  'action_type',
  'data_classification',
  'policy_applied',
  'policy_result',
  'outcome',
  'request_id',
] as const;

/** RFC 4180 with every cell quoted; a cell that a spreadsheet would take for a formula starts with a quote mark. */
export async function* exportCsv(pieces: AsyncIterable<readonly PlacedEntry[]>): AsyncGenerator<string> {
  yield csv([[...columns]]);
  for await (const piece of pieces) if (piece.length > 0) yield csv(piece.map(cellsOf));
}

function cellsOf(placed: PlacedEntry): string[] {
  const entry = readableEntry(placed);
  return [
    entry.id,
    entry.tenantId,
    entry.userId,
    entry.timestamp,
    entry.actionType,
    entry.dataClassification ?? '',
    entry.policyApplied,
    entry.policyResult ?? '',
    entry.outcome,
    entry.requestId ?? '',
  ];
}

function csv(rows: string[][]): string {
  return stringify(rows, {
    quoted: true,
    quoted_empty: true,
    escape_formulas: true,
    record_delimiter: 'windows',
  });
}
