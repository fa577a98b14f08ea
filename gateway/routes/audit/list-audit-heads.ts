import { z } from 'zod';
import { auditHeads } from '#transparency/answers.schema.ts';
import { defineRoute } from '../../http/route.ts';
import type { RouteDependencies } from '../dependencies.ts';

export function listAuditHeads({ tree }: Pick<RouteDependencies, 'tree'>) {
  return defineRoute({
    method: 'GET',
    path: '/api/v1/audit/heads',
    summary: 'Signed heads of the audit log, newest first',
    auth: 'audit.read',
    audit: {
      none: 'heads are made to be given away: they say how many entries there are, and nothing of them',
    },
    request: { query: z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000).default(10) }) },
    response: { 200: auditHeads },
    errors: ['DATABASE_UNAVAILABLE'],
    handle: async ({ actor, query }) => ({
      status: 200,
      body: { heads: await tree.heads(actor.tenantId, { kind: 'newest', limit: query.limit }) },
    }),
  });
}
