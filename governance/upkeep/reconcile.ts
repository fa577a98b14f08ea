import type { AuditExportReader } from '#stores/audit/export.ts';
import type { Gap } from '#stores/audit/gap.ts';
import type { GapStore } from '#stores/audit/gaps.ts';
import type { TreeStore } from '#stores/audit/tree.ts';
import { createReconcileEntries } from './reconcile-entries.ts';
import { createReconcilePolicies } from './reconcile-policies.ts';
import { createRecordGaps } from './record-gaps.ts';

const dayMs = 86_400_000;
const most = 500;

/** Looks for gaps and records each once; returns the new ones. */
export type Reconcile = (tenantId: string) => Promise<readonly Gap[]>;

interface ReconcileOptions {
  gaps: GapStore;
  tree: Pick<TreeStore, 'state'>;
  auditExport: AuditExportReader;
  now: () => Date;
  /** After so many milliseconds an effect should have its outcome. */
  overdueAfterMs: number;
  /** How many days to look at; what is older was looked at before. Default 8. */
  days?: number;
}

/**
 * Every decision, effect and change of policy must have its counterpart: compares both sides of what comes in pairs.
 */
export function createReconcile({
  gaps,
  tree,
  auditExport,
  now,
  overdueAfterMs,
  days = 8,
}: ReconcileOptions): Reconcile {
  const recordGaps = createRecordGaps({ gaps, now });
  const reconcilePolicies = createReconcilePolicies(gaps);
  const reconcileEntries = createReconcileEntries({ tree, auditExport, now });
  return async (tenantId) => {
    const at = now().getTime();
    const span = {
      after: new Date(at - days * dayMs).toISOString(),
      before: new Date(at - overdueAfterMs).toISOString(),
    };
    const found = [
      ...(await gaps.inLedger(tenantId, span, most)),
      ...(await gaps.inRequests(tenantId, span)),
      ...(await reconcilePolicies(tenantId, span, most)),
      ...(await reconcileEntries(tenantId)),
    ];
    return recordGaps(tenantId, found);
  };
}
