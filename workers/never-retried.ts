import { CodedError, errorFacts } from '#domain/error.ts';

/** Temporal never retries an activity whose error is not `retryable` in the catalogue; an unexpected error it does. */
export function isNeverRetried(error: unknown): boolean {
  return error instanceof CodedError && !errorFacts(error.code).retryable;
}
