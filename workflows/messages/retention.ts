export const retentionWorkflowType = 'retention';

/** Months made and dropped, contents deleted, sessions deleted. */
export interface RetentionResult {
  monthsMade: number;
  dropped: readonly string[];
  /** Results of reads, contents of requests that ended, reasons that nothing refers to. */
  contents: number;
  /** Requests that lost their contents. */
  requests: number;
  sessions: number;
  /** Calls of models and token counts. */
  modelRows: number;
  itemLabels: number;
  /** Tenants whose round failed; then no month is dropped. */
  failed: number;
}
