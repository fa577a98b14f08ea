import { setHandler, workflowInfo } from '@temporalio/workflow';
import { rewrapWorkflowId } from '#domain/ids.ts';
import { rewrapKeys } from './activities.ts';
import { type InstallationInput, type RewrapProgress, type RewrapStep, rewrapProgress } from './messages.ts';
import { refuseForeign } from './refuse-foreign.ts';

/** Every ten minutes, by a Schedule: what lies under a former master key is wrapped under the active one. */
export async function rewrap(input: InstallationInput): Promise<RewrapProgress> {
  let progress: RewrapProgress = { rewrapped: 0, unreadable: 0, isDone: false };
  setHandler(rewrapProgress, () => progress);
  const { workflowId } = workflowInfo();
  // A Schedule adds the time to the id.
  refuseForeign(() => (workflowId.startsWith(rewrapWorkflowId(input.tenantId, '')) ? workflowId : ''));
  let after: string | null = '';
  while (after !== null) {
    const step: RewrapStep = await rewrapKeys(after);
    after = step.next;
    progress = {
      rewrapped: progress.rewrapped + step.rewrapped,
      unreadable: progress.unreadable + step.unreadable,
      isDone: after === null,
    };
  }
  return progress;
}
