import type { Gap } from '#stores/audit/gap.ts';
import type { GapStore } from '#stores/audit/gaps.ts';
import { createReconcilePolicies } from './reconcile-policies.ts';
import { createRecordGaps } from './record-gaps.ts';

const dayMs = 86_400_000;
const most = 500;

/** Looks for what is missing and puts each gap on record, once; returns what is new. */
export type Reconcile = (tenantId: string) => Promise<readonly Gap[]>;

interface ReconcileOptions {
  gaps: GapStore;
  now: () => Date;
  /** Milliseconds after which an effect has had time enough for its outcome. */
  settledAfterMs: number;
  /** Days that are looked at; what is older was looked at before. Default 8. */
  days?: number;
}

/** No decision, effect or change of policy without its row: what should stand in pairs is compared from both sides. */
export function createReconcile({ gaps, now, settledAfterMs, days = 8 }: ReconcileOptions): Reconcile {
  const recordGaps = createRecordGaps({ gaps, now });
  const reconcilePolicies = createReconcilePolicies(gaps);
  return async (tenantId) => {
    const at = now().getTime();
    const span = {
      after: new Date(at - days * dayMs).toISOString(),
      before: new Date(at - settledAfterMs).toISOString(),
    };
    const found = [
      ...(await gaps.inLedger(tenantId, span, most)),
      ...(await gaps.inRequests(tenantId, span)),
      ...(await reconcilePolicies(tenantId, span, most)),
    ];
    return recordGaps(tenantId, found);
  };
}
