import { createActionTable } from '#connectors/registry.ts';
import { createSweep, type Sweep } from '#gateway/loops/sweep.ts';
import { createPlanTyped } from '#gateway/temporal/plan-typed.ts';
import { createStartRequest } from '#gateway/temporal/start-request.ts';
import { createRecordGaps } from '#governance/upkeep/record-gaps.ts';
import { recordEventIn } from './record-event.ts';
import type { TestWorker } from './test-worker.ts';

/** The sweep as the gateway has it, but without its patience. `refused`: a request whose planning fails. */
export async function sweepOf({ as, temporal, taskQueue }: TestWorker, refused?: string): Promise<Sweep> {
  const stores = await as('gateway');
  const log = { warn: () => {} };
  const now = () => new Date();
  const planTyped = createPlanTyped({ requests: stores.requests, actions: createActionTable() });
  const startRequest = createStartRequest({
    ...stores,
    recordEvent: recordEventIn(stores, now),
    planTyped: async (actor, row) => {
      if (row.id === refused) throw new RangeError('something is wrong with this row');
      return planTyped(actor, row);
    },
    temporal,
    taskQueue,
    approvalExpiresMs: 86_400_000,
    resolutionExpiresMs: 86_400_000,
    log,
  });
  const recordGaps = createRecordGaps({ gaps: stores.gaps, now });
  const metrics = { swept: () => {} };
  return createSweep({ ...stores, startRequest, recordGaps, metrics, log, olderThanMs: 0, quietMs: 0 });
}
