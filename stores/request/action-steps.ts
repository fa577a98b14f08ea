import type { ContentStore } from '../content/content.ts';
import type { TenantDatabase } from '../database.ts';
import type { RowProofs } from '../key/row-proofs.ts';
import { beginAction } from './begin-action.ts';
import { finishAction } from './finish-action.ts';
import type { RequestStore } from './requests.ts';

type ActionSteps = Pick<RequestStore, 'beginAction' | 'finishAction'>;

export function createActionSteps(options: {
  database: TenantDatabase;
  content: ContentStore;
  proofs: RowProofs;
}): ActionSteps {
  const { database, content } = options;
  return {
    beginAction: (tenantId, requestId, n, target) =>
      database.inTenant(tenantId, (tx) =>
        beginAction(tx, { content, proofs: options.proofs.of(tenantId) }, { tenantId, requestId, n, target }),
      ),
    finishAction: (tenantId, finished) =>
      database.inTenant(tenantId, (tx) =>
        finishAction(tx, { content, proofs: options.proofs.of(tenantId) }, { tenantId, finished }),
      ),
  };
}
