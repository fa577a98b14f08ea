export const auditCheckpointWorkflowType = 'auditCheckpoint';

/** Start arguments of `auditCheckpoint`: one tenant, or `installation` for each. */
export interface AuditCheckpointInput {
  tenantId: string;
}

/** How many heads were signed, trees found broken, tenants not reached, publications failed. */
export interface AuditCheckpointResult {
  signed: number;
  broken: number;
  failed: number;
  unpublished: number;
}
