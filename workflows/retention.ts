import { workflowInfo } from '@temporalio/workflow';
import { retentionWorkflowId } from '#domain/ids.ts';
import { keepRetention } from './activities.ts';
import type { InstallationInput, RetentionResult } from './messages.ts';
import { refuseForeign } from './refuse-foreign.ts';

/** Once a day, by a Schedule: months are made ahead, what is past its time goes. */
export async function retention(input: InstallationInput): Promise<RetentionResult> {
  const { workflowId } = workflowInfo();
  // A Schedule adds the time to the id.
  refuseForeign(() => (workflowId.startsWith(retentionWorkflowId(input.tenantId, '')) ? workflowId : ''));
  return keepRetention();
}
