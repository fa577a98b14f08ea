import type { ContentStore } from '../content/content.ts';
import type { TenantDatabase } from '../database.ts';
import { beginAction } from './begin-action.ts';
import { finishAction } from './finish-action.ts';
import type { RequestStore } from './requests.ts';

type ActionSteps = Pick<RequestStore, 'beginAction' | 'finishAction'>;

export function createActionSteps({
  database,
  content,
}: {
  database: TenantDatabase;
  content: ContentStore;
}): ActionSteps {
  return {
    beginAction: (tenantId, requestId, n, target) =>
      database.inTenant(tenantId, (tx) => beginAction(tx, content, { tenantId, requestId, n, target })),
    finishAction: (tenantId, finished) =>
      database.inTenant(tenantId, (tx) => finishAction(tx, content, { tenantId, finished })),
  };
}
