import { reconcileWorkflowId } from '#domain/ids.ts';
import { reconcileLedger } from './activities.ts';
import type { InstallationInput } from './messages/installation.ts';
import type { ReconcileResult } from './messages/reconcile.ts';
import { refuseForeignBeginning } from './refuse-foreign.ts';

/** Once an hour, by a Schedule: is there a row for everything that was decided and done? */
export async function reconcile(input: InstallationInput): Promise<ReconcileResult> {
  refuseForeignBeginning(() => reconcileWorkflowId(input.tenantId, ''));
  return reconcileLedger();
}
