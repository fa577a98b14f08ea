import type { ContentStore } from '../content/content.ts';
import type { TenantDatabase } from '../database.ts';
import type { RowProofs } from '../key/row-proofs.ts';
import { createActionSteps } from './action-steps.ts';
import { createPlans } from './plan.ts';
import { createReads } from './read.ts';
import type { RequestStore } from './requests.ts';
import { createStarts } from './start.ts';
import { createWaits } from './wait.ts';

/** Requests and their actions of every tenant. Each method is one transaction. */
export function createRequestStore(options: {
  database: TenantDatabase;
  content: ContentStore;
  proofs: RowProofs;
}): RequestStore {
  return {
    ...createReads(options),
    ...createStarts(options),
    ...createPlans(options),
    ...createActionSteps(options),
    ...createWaits(options),
  };
}
