import * as calls from '#domain/status/calls.ts';
import { statusProblems } from '#domain/status/status.schema.ts';
import { defineRoute } from '../../http/route.ts';
import type { GatewayParts } from '../../parts.ts';

export function listProblems({ checkSystem, config }: Pick<GatewayParts, 'checkSystem' | 'config'>) {
  return defineRoute({
    ...calls.listProblems,
    summary: "Why parts are unhealthy: what concerns one's own tenant, and to the operator everything",
    auth: 'status.read',
    audit: { none: 'says how the system is, nothing of any person' },
    request: {},
    response: { 200: statusProblems },
    errors: [],
    async handle({ actor }) {
      const { problems, status } = await checkSystem();
      const isOperator = actor.role === 'enterprise_admin' && actor.tenantId === config.operatorTenant;
      const theirs = problems.filter(({ tenantId }) => isOperator || tenantId === actor.tenantId);
      return {
        status: 200,
        body: {
          problems: theirs.map(({ part, tenantId, problem }) => ({ part, tenant_id: tenantId, problem })),
          timestamp: status.timestamp,
        },
      };
    },
  });
}
