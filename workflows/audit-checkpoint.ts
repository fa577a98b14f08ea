import { auditCheckpointWorkflowId } from '#domain/ids.ts';
import { checkpoint } from './activities.ts';
import type { AuditCheckpointInput, AuditCheckpointResult } from './messages/audit-checkpoint.ts';
import { refuseForeignBeginning } from './refuse-foreign.ts';

/**
 * Places new audit entries in the tree and signs a head: once a minute for the whole installation, by a Schedule, and
 * for one tenant when an export asks for it.
 */
export async function auditCheckpoint(input: AuditCheckpointInput): Promise<AuditCheckpointResult> {
  refuseForeignBeginning(() => auditCheckpointWorkflowId(input.tenantId, ''));
  return checkpoint(input);
}
