import { workflowInfo } from '@temporalio/workflow';
import { auditCheckpointWorkflowId } from '#domain/ids.ts';
import { checkpoint } from './activities.ts';
import type { AuditCheckpointInput, AuditCheckpointResult } from './messages.ts';
import { refuseForeign } from './refuse-foreign.ts';

/**
 * New audit entries get their places in the tree, and a head is signed: for the whole installation once a minute by a
 * Schedule, for one tenant when an export asks for it.
 */
export async function auditCheckpoint(input: AuditCheckpointInput): Promise<AuditCheckpointResult> {
  const { workflowId } = workflowInfo();
  // A Schedule adds the time to the id.
  refuseForeign(() =>
    workflowId.startsWith(auditCheckpointWorkflowId(input.tenantId, '')) ? workflowId : '',
  );
  return checkpoint(input);
}
