import { auditCheckpointWorkflowId } from '#domain/ids.ts';
import { checkpoint } from './activities.ts';
import type { AuditCheckpointInput, AuditCheckpointResult } from './messages/audit-checkpoint.ts';
import { refuseForeignBeginning } from './refuse-foreign.ts';

/**
 * New audit entries get their places in the tree, and a head is signed: for the whole installation once a minute by a
 * Schedule, for one tenant when an export asks for it.
 */
export async function auditCheckpoint(input: AuditCheckpointInput): Promise<AuditCheckpointResult> {
  refuseForeignBeginning(() => auditCheckpointWorkflowId(input.tenantId, ''));
  return checkpoint(input);
}
