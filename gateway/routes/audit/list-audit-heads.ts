import { auditHeads, headsQuery } from '#domain/audit/answers.schema.ts';
import * as calls from '#domain/audit/calls.ts';
import { defineRoute } from '../../http/route.ts';
import type { AuditParts } from './parts.ts';

export function listAuditHeads({ tree }: Pick<AuditParts, 'tree'>) {
  return defineRoute({
    ...calls.listAuditHeads,
    summary: 'Signed heads of the audit log, newest first',
    auth: 'audit.read',
    audit: {
      none: 'heads are made to be given away: they say how many entries there are, and nothing of them',
    },
    request: { query: headsQuery },
    response: { 200: auditHeads },
    errors: ['DATABASE_UNAVAILABLE'],
    handle: async ({ actor, query }) => ({
      status: 200,
      body: { heads: await tree.heads(actor.tenantId, { kind: 'newest', limit: query.limit }) },
    }),
  });
}
