import { defineRoute } from '../../http/route.ts';
import type { RouteDependencies } from '../dependencies.ts';

export function getMetrics({ metrics }: Pick<RouteDependencies, 'metrics'>) {
  return defineRoute({
    method: 'GET',
    path: '/metrics',
    summary: 'Numbers for Prometheus, none of them of a person or tenant',
    auth: 'public',
    audit: { none: 'says nothing of any person or tenant' },
    request: {},
    response: { 200: { media: 'text/plain', holds: 'Prometheus exposition format' } },
    errors: [],
    async handle() {
      return { status: 200, headers: { 'content-type': metrics.contentType }, body: await metrics.text() };
    },
  });
}
