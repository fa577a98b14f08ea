import { ApplicationFailure } from '@temporalio/workflow';
import { type ErrorCode, errorFacts } from '#domain/error.ts';

/** A refusal that reaches the caller of an update with one of our codes as its type. */
export function refuse(code: ErrorCode): ApplicationFailure {
  return ApplicationFailure.nonRetryable(errorFacts(code).text, code);
}

/**
 * The answer of an activity. What a stranger at the Temporal port answers in its place decodes to nothing: that ends
 * the workflow, where it would else fail the same task for ever. The sweeper starts the request anew.
 */
export function readable<Answer extends object>(answer: Answer | null | undefined): Answer {
  if (answer === null || answer === undefined) throw refuse('CONTENT_UNREADABLE');
  return answer;
}
