import { workflowInfo } from '@temporalio/workflow';
import { reconcileWorkflowId } from '#domain/ids.ts';
import { reconcileLedger } from './activities.ts';
import type { InstallationInput, ReconcileResult } from './messages.ts';
import { refuseForeign } from './refuse-foreign.ts';

/** Once an hour, by a Schedule: is there a row for everything that was decided and done? */
export async function reconcile(input: InstallationInput): Promise<ReconcileResult> {
  const { workflowId } = workflowInfo();
  // A Schedule adds the time to the id.
  refuseForeign(() => (workflowId.startsWith(reconcileWorkflowId(input.tenantId, '')) ? workflowId : ''));
  return reconcileLedger();
}
