import type { z } from 'zod';
import { auditPage, auditQuery } from '#domain/audit.schema.ts';
import { ownActions } from '#domain/own-actions.ts';
import type { AuditFilters } from '#stores/audit-entries.ts';
import { auditEntryView } from '../../views/audit-entry-view.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { governedReadErrors, ownDataRead } from '../own-data.ts';
import { defineRoute } from '../route.ts';
import { auditVisibility } from './visibility.ts';

export function listAuditEntries({
  auditEntries,
  governedRead,
}: Pick<RouteDependencies, 'auditEntries' | 'governedRead'>) {
  return defineRoute({
    method: 'GET',
    path: '/api/v1/audit',
    summary: 'Audit entries that your role may see, newest first',
    auth: 'audit.read',
    audit: 'audit.read',
    request: { query: auditQuery },
    response: { 200: auditPage },
    errors: governedReadErrors,
    async handle({ actor, query }) {
      const { limit, offset } = query;
      const page = await governedRead({
        actor,
        facts: ownActions.readAudit,
        event: 'audit.read',
        detail: `audit entries, ${limit} from ${offset}`,
        classification: 'internal',
        run: async () => {
          const visibility = auditVisibility(actor);
          const filters = filtersOf(query);
          return {
            output: await auditEntries.query(actor.tenantId, { visibility, filters, limit, offset }),
            touched: [ownDataRead('audit')],
          };
        },
      });
      const entries = page.entries.map(auditEntryView);
      return { status: 200, body: { total: page.total, limit, offset, entries } };
    },
  });
}

function filtersOf(query: z.output<typeof auditQuery>): AuditFilters {
  const { user_id, action_type, outcome, policy_result, from, to, request_id } = query;
  return {
    ...(user_id === undefined ? {} : { userId: user_id }),
    ...(action_type === undefined ? {} : { actionType: action_type }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(policy_result === undefined ? {} : { policyResult: policy_result }),
    ...(from === undefined ? {} : { from: new Date(from).toISOString() }),
    ...(to === undefined ? {} : { to: new Date(to).toISOString() }),
    ...(request_id === undefined ? {} : { requestId: request_id }),
  };
}
