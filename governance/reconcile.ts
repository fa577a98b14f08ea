import type { Actor } from '#domain/actor.ts';
import type { Gap, GapStore } from '#stores/gaps.ts';
import { auditEntry } from './record.ts';

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

/** No decision or effect without its row: what should stand in pairs is compared from both sides. */
export function createReconcile({ gaps, now, settledAfterMs, days = 8 }: ReconcileOptions): Reconcile {
  return async (tenantId) => {
    const at = now().getTime();
    const span = {
      after: new Date(at - days * dayMs).toISOString(),
      before: new Date(at - settledAfterMs).toISOString(),
    };
    const found = [
      ...(await gaps.inLedger(tenantId, span, most)),
      ...(await gaps.inRequests(tenantId, span)),
    ];
    const fresh: Gap[] = [];
    for (const gap of found) {
      const facts = {
        event: 'audit.gap_found',
        detail: `${gap.kind.replaceAll('_', ' ')}: ${gap.ref}`,
        outcome: 'error',
        metadata: { kind: gap.kind, ref: gap.ref },
      } as const;
      const entry = auditEntry(reconciler(tenantId), facts, now());
      if (await gaps.record(tenantId, gap, entry)) fresh.push(gap);
    }
    return fresh;
  };
}

/** Not a person: the installation's own work. */
function reconciler(tenantId: string): Actor {
  return { tenantId, userId: 'openclaw-reconciler', role: 'user', orgUnit: '' };
}
