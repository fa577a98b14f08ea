import { setHandler } from '@temporalio/workflow';
import { rewrapWorkflowId } from '#domain/ids.ts';
import { rewrapKeys } from './activities.ts';
import type { InstallationInput } from './messages/installation.ts';
import { type RewrapProgress, type RewrapStep, rewrapProgress } from './messages/rewrap.ts';
import { refuseForeignBeginning } from './refuse-foreign.ts';

/** Every ten minutes, by a Schedule: keys wrapped under a former master key are wrapped under the active one. */
export async function rewrap(input: InstallationInput): Promise<RewrapProgress> {
  let progress: RewrapProgress = { rewrapped: 0, unreadable: 0, isDone: false };
  setHandler(rewrapProgress, () => progress);
  refuseForeignBeginning(() => rewrapWorkflowId(input.tenantId, ''));
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
