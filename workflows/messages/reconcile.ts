export const reconcileWorkflowType = 'reconcile';

/** New gaps, and tenants that could not be looked at. */
export interface ReconcileResult {
  gaps: number;
  failed: number;
}
