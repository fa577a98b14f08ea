import { systemStatus } from '#domain/status.schema.ts';
import { defineRoute } from '../../http/route.ts';
import type { RouteDependencies } from '../dependencies.ts';

export function getStatus({ checkSystem }: Pick<RouteDependencies, 'checkSystem'>) {
  return defineRoute({
    method: 'GET',
    path: '/api/v1/status',
    summary: 'How every part is, and the 14 capabilities; 503 when a part is unhealthy',
    auth: 'public',
    audit: { none: 'says nothing of any person or tenant' },
    request: {},
    response: { 200: systemStatus, 503: systemStatus },
    errors: [],
    async handle() {
      const status = await checkSystem();
      return { status: status.status === 'healthy' ? 200 : 503, body: status };
    },
  });
}
