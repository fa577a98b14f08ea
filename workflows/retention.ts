import { retentionWorkflowId } from '#domain/ids.ts';
import { keepRetention } from './activities.ts';
import type { InstallationInput } from './messages/installation.ts';
import type { RetentionResult } from './messages/retention.ts';
import { refuseForeignBeginning } from './refuse-foreign.ts';

/** Once a day, by a Schedule: months are created ahead, and what is past its retention is deleted. */
export async function retention(input: InstallationInput): Promise<RetentionResult> {
  refuseForeignBeginning(() => retentionWorkflowId(input.tenantId, ''));
  return keepRetention();
}
