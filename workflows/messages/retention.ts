export const retentionWorkflowType = 'retention';

/** Months created and dropped, contents and sessions deleted. */
export interface RetentionResult {
  monthsMade: number;
  dropped: readonly string[];
  /** Results of reads, contents of requests that ended, reasons that nothing refers to any more. */
  contents: number;
  /** Requests that lost their contents. */
  requests: number;
  sessions: number;
  /** Rows of model calls and token counts. */
  modelRows: number;
  itemLabels: number;
  /** Tenants for which the run failed; no month is dropped then. */
  failed: number;
}
