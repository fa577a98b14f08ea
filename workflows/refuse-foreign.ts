import { workflowInfo } from '@temporalio/workflow';
import { refuse } from './failures.ts';

/**
 * Ends a workflow whose input was not made for it. The codec's keys open a payload wherever it lies, so whoever reaches
 * the Temporal port could start a workflow with the encrypted input of another; and what can't be read at all would
 * fail its first task again and again.
 */
export function refuseForeign(idOfInput: () => string): void {
  let id: string | undefined;
  try {
    id = idOfInput();
  } catch {
    id = undefined;
  }
  if (id !== workflowInfo().workflowId) throw refuse('INVALID_REQUEST');
}

/** The same where the input tells the beginning of the id alone: a Schedule adds the time to it. */
export function refuseForeignBeginning(beginningOfInput: () => string): void {
  const { workflowId } = workflowInfo();
  refuseForeign(() => (workflowId.startsWith(beginningOfInput()) ? workflowId : ''));
}
