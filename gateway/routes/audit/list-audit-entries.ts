import { ownActions } from '#domain/action/own-actions.ts';
import { auditCountMax, auditPage, auditQuery } from '#domain/audit/audit.schema.ts';
import * as calls from '#domain/audit/calls.ts';
import { defineRoute } from '../../http/route.ts';
import { governedReadErrors, ownDataRead } from '../own-data.ts';
import { auditCursor, positionOf } from './audit-cursor.ts';
import { auditEntryView } from './audit-entry-view.ts';
import { auditFilters } from './audit-filters.ts';
import type { AuditParts } from './parts.ts';
import { auditVisibility } from './visibility.ts';

export function listAuditEntries({
  auditEntries,
  governedRead,
  rulesFor,
}: Pick<AuditParts, 'auditEntries' | 'governedRead' | 'rulesFor'>) {
  return defineRoute({
    ...calls.listAuditEntries,
    summary: 'Audit entries that your role may see, newest first',
    auth: 'audit.read',
    audit: 'audit.read',
    request: { query: auditQuery },
    response: { 200: auditPage },
    errors: governedReadErrors,
    async handle({ actor, query }) {
      const { limit, offset, cursor, total } = query;
      const after = cursor === undefined ? {} : { after: positionOf(cursor) };
      const counting = total === 'exact' ? {} : { countTo: auditCountMax + 1 };
      const page = await governedRead({
        actor,
        facts: ownActions.readAudit,
        event: 'audit.read',
        detail: `audit entries, ${limit} from ${offset}`,
        classification: 'internal',
        run: async () => {
          const visibility = await auditVisibility(actor, rulesFor);
          const filters = auditFilters(query);
          return {
            output: await auditEntries.query(actor.tenantId, {
              visibility,
              filters,
              limit,
              offset,
              ...after,
              ...counting,
            }),
            touched: [ownDataRead('audit')],
          };
        },
      });
      const entries = page.entries.map(auditEntryView);
      const counted = page.total ?? 0;
      const exact = total === 'exact' || counted <= auditCountMax;
      return {
        status: 200,
        body: {
          total: exact ? counted : auditCountMax,
          total_exact: exact,
          limit,
          offset,
          next_cursor: page.next === null ? null : auditCursor(page.next),
          entries,
        },
      };
    },
  });
}
