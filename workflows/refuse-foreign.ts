import { workflowInfo } from '@temporalio/workflow';
import { refuse } from './failures.ts';

/**
 * Ends a workflow whose input was not made for it. The keys of the codec open a payload wherever it lies, so anybody
 * who reaches the Temporal port could start a workflow with the encrypted input of another; and an input that can't be
 * read at all would fail the first task again and again.
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

/** The same where the input gives only the beginning of the id: a Schedule appends the time. */
export function refuseForeignBeginning(beginningOfInput: () => string): void {
  const { workflowId } = workflowInfo();
  refuseForeign(() => (workflowId.startsWith(beginningOfInput()) ? workflowId : ''));
}
