export const reconcileWorkflowType = 'reconcile';

/** New gaps, and how many tenants could not be looked at. */
export interface ReconcileResult {
  gaps: number;
  failed: number;
}
