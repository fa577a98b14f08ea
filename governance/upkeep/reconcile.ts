import type { AuditExportReader } from '#stores/audit/export.ts';
import type { Gap, GapSpan } from '#stores/audit/gap.ts';
import type { GapStore } from '#stores/audit/gaps.ts';
import type { TreeStore } from '#stores/audit/tree.ts';
import type { PolicyStore } from '#stores/policy/policies.ts';
import type { TenantStore } from '#stores/tenant/tenants.ts';
import { createReconcileEntries } from './reconcile-entries.ts';
import { createReconcilePolicies } from './reconcile-policies.ts';
import { createRecordGaps } from './record-gaps.ts';

const dayMs = 86_400_000;
const most = 500;

/** Looks for gaps and records each once; returns the new ones. */
export type Reconcile = (tenantId: string) => Promise<readonly Gap[]>;

interface ReconcileOptions {
  gaps: GapStore;
  tenants: Pick<TenantStore, 'stoodStillMs'>;
  tree: Pick<TreeStore, 'state' | 'unproven'>;
  policies: Pick<PolicyStore, 'unproven'>;
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
  tenants,
  tree,
  policies,
  auditExport,
  now,
  overdueAfterMs,
  days = 8,
}: ReconcileOptions): Reconcile {
  const recordGaps = createRecordGaps({ gaps, now });
  const reconcilePolicies = createReconcilePolicies(gaps);
  const reconcileEntries = createReconcileEntries({ tree, auditExport, gaps, now });
  return async (tenantId) => {
    const at = now().getTime();
    const span = {
      after: new Date(at - days * dayMs).toISOString(),
      before: new Date(at - overdueAfterMs).toISOString(),
    };
    const looks = [
      async () => withoutWaiting(tenantId, await gaps.inLedger(tenantId, span, most), { span, at }),
      () => gaps.inRequests(tenantId, span),
      () => reconcilePolicies(tenantId, span, most),
      () => unprovenPolicies(tenantId),
      () => reconcileEntries(tenantId),
    ];
    const fresh: Gap[] = [];
    const failures: unknown[] = [];
    // Each is on record before the next begins, and what keeps one from looking keeps no other.
    for (const look of looks) {
      try {
        fresh.push(...(await recordGaps(tenantId, await look())));
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) {
      const [cause] = failures;
      throw new AggregateError(failures, 'a part of the record could not be compared', { cause });
    }
    return fresh;
  };

  /** Whoever put them there, and whatever time they name. */
  async function unprovenPolicies(tenantId: string): Promise<readonly Gap[]> {
    const refs = await policies.unproven(tenantId);
    const fresh = await gaps.unrecorded(
      tenantId,
      refs.map((ref): Gap => ({ kind: 'policy_unproven', ref })),
    );
    return fresh.slice(0, most);
  }

  /**
   * An effect whose outcome is waited for lacks none: its action waits for a time that the provider named, or its tenant
   * stood still within the time in which it would have had one. The next run looks again.
   */
  async function withoutWaiting(
    tenantId: string,
    found: readonly Gap[],
    { span, at }: { span: GapSpan; at: number },
  ): Promise<readonly Gap[]> {
    const open = found.filter(({ kind }) => kind === 'claim_without_outcome').map(({ ref }) => ref);
    if (open.length === 0) return found;
    const until = new Date(at).toISOString();
    const stoodStill = (await tenants.stoodStillMs(tenantId, { since: span.before, until })) > 0;
    const waiting = stoodStill ? new Set(open) : await gaps.waiting(tenantId, open, span.before);
    return found.filter(({ kind, ref }) => kind !== 'claim_without_outcome' || !waiting.has(ref));
  }
}
