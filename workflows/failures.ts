import { ApplicationFailure } from '@temporalio/workflow';
import { type ErrorCode, errorFacts } from '#domain/error.ts';

/** A refusal that reaches the caller of an update with one of our codes as its type. */
export function refuse(code: ErrorCode): ApplicationFailure {
  return ApplicationFailure.nonRetryable(errorFacts(code).text, code);
}
