import type { z } from 'zod';
import type { auditFilterQuery } from '#domain/audit/audit.schema.ts';
import type { AuditFilters } from '#stores/audit/entries.ts';

/** The filters as the store takes them. */
export function auditFilters(query: z.output<typeof auditFilterQuery>): AuditFilters {
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
