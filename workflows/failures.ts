import { ApplicationFailure } from '@temporalio/workflow';
import { type ErrorCode, errorFacts } from '#domain/error.ts';

/** A refusal that reaches the caller of an update with one of our codes as its type. */
export function refuse(code: ErrorCode): ApplicationFailure {
  return ApplicationFailure.nonRetryable(errorFacts(code).text, code);
}

/**
 * Checks the answer of an activity. If a stranger at the Temporal port answered in its place, the answer decodes to
 * nothing: we end the workflow, which would otherwise fail the same task for ever, and the sweeper starts the request
 * anew.
 */
export function readable<Answer extends object>(answer: Answer | null | undefined): Answer {
  if (answer === null || answer === undefined) throw refuse('CONTENT_UNREADABLE');
  return answer;
}
