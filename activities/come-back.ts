import { ApplicationFailure } from '@temporalio/common';
import type { CodedError } from '#domain/error.ts';

/** Ends this attempt and has Temporal make the next one after that time; it adds no event to the history. */
export function comeBack(error: CodedError, afterMs: number): ApplicationFailure {
  return ApplicationFailure.create({ message: error.message, type: error.code, nextRetryDelay: afterMs });
}
