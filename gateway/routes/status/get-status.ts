import * as calls from '#domain/status/calls.ts';
import { systemStatus } from '#domain/status/status.schema.ts';
import { defineRoute } from '../../http/route.ts';
import type { GatewayParts } from '../../parts.ts';

export function getStatus({ checkSystem }: Pick<GatewayParts, 'checkSystem'>) {
  return defineRoute({
    ...calls.getStatus,
    summary: 'How every part is, and the 14 capabilities; 503 when a part is unhealthy',
    auth: 'public',
    audit: { none: 'says nothing of any person or tenant' },
    request: {},
    response: { 200: systemStatus, 503: systemStatus },
    errors: [],
    async handle() {
      const { status } = await checkSystem();
      return { status: status.status === 'healthy' ? 200 : 503, body: status };
    },
  });
}
