import { ApplicationFailure } from '@temporalio/common';
import type { CodedError } from '#domain/error.ts';

/** Hands an attempt back to Temporal, which tries again after that time; it adds no history event. */
export function comeBack(error: CodedError, afterMs: number): ApplicationFailure {
  return ApplicationFailure.create({ message: error.message, type: error.code, nextRetryDelay: afterMs });
}
