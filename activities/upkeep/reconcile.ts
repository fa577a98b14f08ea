import { Context } from '@temporalio/activity';
import { isWorking } from '#domain/tenant/tenant.ts';
import type { Reconcile } from '#governance/upkeep/reconcile.ts';
import type { ReconcileWorkflows } from '#governance/upkeep/reconcile-workflows.ts';
import type { TenantStore } from '#stores/tenant/tenants.ts';
import type { UpkeepStore } from '#stores/upkeep/upkeep.ts';
import type { ReconcileResult } from '#workflows/messages/reconcile.ts';
import { createRequestWorkflows } from './request-workflows.ts';

interface ReconcileOptions {
  tenants: Pick<TenantStore, 'list'>;
  upkeep: Pick<UpkeepStore, 'done'>;
  reconcile: Reconcile;
  reconcileWorkflows: ReconcileWorkflows;
}

/** Reconciles every tenant; trouble with one doesn't stop the others. Each new gap is an alarm in the log. */
export function createReconcileActivity({
  tenants,
  upkeep,
  reconcile,
  reconcileWorkflows,
}: ReconcileOptions) {
  return async (): Promise<ReconcileResult> => {
    const context = Context.current();
    const beat = () => context.heartbeat();
    const workflows = createRequestWorkflows(context.client, context.info.taskQueue);
    const result = { gaps: 0, failed: 0 };
    for (const { id, status } of await tenants.list()) {
      beat();
      const looks = [() => reconcile(id)];
      // A suspended tenant has no sweeper to mend such gaps, so they would be false alarms.
      if (isWorking(status)) looks.push(() => reconcileWorkflows(id, workflows, beat));
      let failed = false;
      for (const look of looks) {
        try {
          const gaps = await look();
          for (const gap of gaps) context.log.error('gap in the audit record', { tenant: id, ...gap });
          result.gaps += gaps.length;
        } catch (error) {
          failed = true;
          context.log.error('the audit record could not be compared', { tenant: id, error });
        }
      }
      if (failed) result.failed += 1;
    }
    if (result.failed === 0) await upkeep.done('reconcile');
    return result;
  };
}
