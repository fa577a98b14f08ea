import { Readable } from 'node:stream';
import { ownActions } from '#domain/action/own-actions.ts';
import { auditExportQuery } from '#domain/audit/audit.schema.ts';
import * as calls from '#domain/audit/calls.ts';
import { CodedError } from '#domain/error.ts';
import type { PlacedEntry } from '#stores/audit/export.ts';
import { type EntryRow, type ExportHeader, exportFormat } from '#transparency/export-format.ts';
import { createHashSource } from '#transparency/hash-source.ts';
import type { TreeHead } from '#transparency/statement.ts';
import { writeExport } from '#transparency/write-export.ts';
import { defineRoute } from '../../http/route.ts';
import { governedReadErrors, ownDataRead } from '../own-data.ts';
import { auditFilters } from './audit-filters.ts';
import { exportCsv } from './export-csv.ts';
import { firstHeadOver } from './first-head-over.ts';
import type { AuditParts } from './parts.ts';

/** Enough for about three years of days. */
const dailyHeads = 1_100;

const invalidFormat = 'Invalid format. Use csv or json.';

export function exportAudit(
  parts: Pick<AuditParts, 'tree' | 'auditExport' | 'governedRead' | 'freshCheckpoint' | 'now'>,
) {
  const { tree, auditExport, governedRead, freshCheckpoint, now } = parts;

  /** The first line of the file: the newest head, and what vouches for it. */
  async function headerOf(tenantId: string, asked: Record<string, string | undefined>) {
    const [state, daily] = await Promise.all([
      tree.state(tenantId),
      tree.heads(tenantId, { kind: 'daily', limit: dailyHeads }),
    ]);
    const { head, keys, leaves, expiredLeaves, expiredBefore } = state;
    if (head === null) throw new CodedError('AUDIT_NOT_SEALED');
    const firstKept = Math.min(expiredLeaves, head.claims.size);
    const expired =
      firstKept === 0 ? [] : [await firstHeadOver({ tree, tenantId, size: firstKept, newest: head })];
    const filters: Record<string, string> = {};
    for (const [name, value] of Object.entries(asked)) if (value !== undefined) filters[name] = value;
    const header: ExportHeader = {
      format: exportFormat,
      tenantId,
      exportedAt: now().toISOString(),
      filters,
      head,
      heads: earlierHeads([...daily, ...expired], head),
      keys,
      expiredBefore: expiredLeaves > 0 ? expiredBefore : null,
      unsealed: Math.max(0, leaves - head.claims.size),
    };
    return { header, firstKept };
  }

  return defineRoute({
    ...calls.exportAudit,
    summary: 'The audit log as a file that `openclaw audit verify` checks, or as CSV',
    auth: 'audit.export',
    audit: 'audit.exported',
    request: { query: auditExportQuery },
    response: {
      200: { media: 'application/json', contains: 'docs/audit-format.md; with `format=csv` text/csv' },
      400: { media: 'text/plain', contains: invalidFormat },
    },
    errors: ['AUDIT_NOT_SEALED', ...governedReadErrors],
    async handle({ actor, query: { format, ...asked }, signal }) {
      if (format !== 'json' && format !== 'csv') {
        return { status: 400, body: invalidFormat, headers: { 'content-type': 'text/plain; charset=utf-8' } };
      }
      const { tenantId } = actor;
      await freshCheckpoint(actor);
      const file = await governedRead({
        actor,
        facts: ownActions.exportAudit,
        event: 'audit.exported',
        detail: ['audit log as', format, ...Object.keys(asked).map((name) => `by ${name}`)].join(' '),
        classification: 'internal',
        additional: { purpose: 'export' },
        run: async () => {
          const { header, firstKept } = await headerOf(tenantId, asked);
          const filters = auditFilters(asked);
          const erasures = format === 'json' && Object.keys(header.filters).length > 0;
          const range = { filters, from: firstKept, to: header.head.claims.size, erasures };
          const pieces = untilGone(auditExport.entries(tenantId, range), signal);
          const source = createHashSource(tree.readHashes(tenantId));
          const output =
            format === 'csv' ? exportCsv(pieces) : writeExport({ header, entries: rowsOf(pieces), source });
          return { output, touched: [ownDataRead('audit')] };
        },
      });
      const type = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8';
      return {
        status: 200,
        body: Readable.from(file, { objectMode: false }),
        headers: {
          'content-type': type,
          'content-disposition': `attachment; filename="audit-export.${format}"`,
        },
      };
    },
  });
}

/** Each once, oldest first. */
function earlierHeads(heads: readonly TreeHead[], newest: TreeHead): TreeHead[] {
  const each = new Map(heads.map((head) => [head.claims.n, head]));
  return [...each.values()]
    .filter(({ claims }) => claims.n < newest.claims.n)
    .toSorted((one, other) => one.claims.n - other.claims.n);
}

async function* untilGone(
  pieces: AsyncIterable<PlacedEntry[]>,
  signal: AbortSignal,
): AsyncGenerator<PlacedEntry[]> {
  for await (const piece of pieces) {
    signal.throwIfAborted();
    yield piece;
  }
}

async function* rowsOf(pieces: AsyncIterable<PlacedEntry[]>): AsyncGenerator<EntryRow[]> {
  for await (const piece of pieces) {
    yield piece.map(({ leaf, leafHash, position, reveal }) => ({ entry: leaf, leafHash, position, reveal }));
  }
}
