import { Context } from '@temporalio/activity';
import type { Reconcile } from '#governance/reconcile.ts';
import type { TenantStore } from '#stores/tenants.ts';
import type { ReconcileResult } from '#workflows/messages.ts';

interface ReconcileOptions {
  tenants: Pick<TenantStore, 'list'>;
  reconcile: Reconcile;
}

/** Reconciles every tenant; one tenant's trouble is no other's. Each new gap is an alarm in the log. */
export function createReconcileActivity({ tenants, reconcile }: ReconcileOptions) {
  return async (): Promise<ReconcileResult> => {
    const context = Context.current();
    const result = { gaps: 0, failed: 0 };
    for (const { id } of await tenants.list()) {
      context.heartbeat();
      try {
        const gaps = await reconcile(id);
        for (const gap of gaps) context.log.error('gap in the audit record', { tenant: id, ...gap });
        result.gaps += gaps.length;
      } catch (error) {
        result.failed += 1;
        context.log.error('the audit record could not be compared', { tenant: id, error });
      }
    }
    return result;
  };
}
