import { defineRoute } from '../../http/route.ts';
import type { GatewayParts } from '../../parts.ts';

export function getMetrics({ metrics }: Pick<GatewayParts, 'metrics'>) {
  return defineRoute({
    method: 'GET',
    path: '/metrics',
    summary: 'Numbers for Prometheus, none of them of a person or tenant',
    auth: 'public',
    audit: { none: 'says nothing of any person or tenant' },
    request: {},
    response: { 200: { media: 'text/plain', contains: 'Prometheus exposition format' } },
    errors: [],
    async handle() {
      return { status: 200, headers: { 'content-type': metrics.contentType }, body: await metrics.text() };
    },
  });
}
