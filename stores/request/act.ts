import type { ContentStore } from '../content/content.ts';
import type { TenantDatabase } from '../database.ts';
import { beginAction } from './begin-action.ts';
import { finishAction } from './finish-action.ts';
import type { RequestStore } from './requests.ts';

type Acts = Pick<RequestStore, 'beginAction' | 'finishAction'>;

export function createActs({ database, content }: { database: TenantDatabase; content: ContentStore }): Acts {
  return {
    beginAction: (tenantId, requestId, n, target) =>
      database.inTenant(tenantId, (tx) => beginAction(tx, content, { tenantId, requestId, n, target })),
    finishAction: (tenantId, finished) =>
      database.inTenant(tenantId, (tx) => finishAction(tx, content, { tenantId, finished })),
  };
}
