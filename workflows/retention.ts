import { retentionWorkflowId } from '#domain/ids.ts';
import { keepRetention } from './activities.ts';
import type { InstallationInput } from './messages/installation.ts';
import type { RetentionResult } from './messages/retention.ts';
import { refuseForeignBeginning } from './refuse-foreign.ts';

/** Once a day, by a Schedule: months are made ahead, what is past its time goes. */
export async function retention(input: InstallationInput): Promise<RetentionResult> {
  refuseForeignBeginning(() => retentionWorkflowId(input.tenantId, ''));
  return keepRetention();
}
