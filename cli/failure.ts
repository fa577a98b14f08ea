import type { Exit } from './exit-codes.ts';

interface FailureOptions {
  /** What the person can do about it. */
  hint?: string | undefined;
  detail?: unknown;
  cause?: unknown;
}

/** The failure of a command: a code for scripts, words for people, and the exit code. */
export class Failure extends Error {
  readonly exit: Exit;
  /** A code of the gateway's catalogue, or one of our own in the same style. */
  readonly code: string;
  readonly hint: string | undefined;
  readonly detail: unknown;

  constructor(exit: Exit, code: string, message: string, options: FailureOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'Failure';
    this.exit = exit;
    this.code = code;
    this.hint = options.hint;
    this.detail = options.detail;
  }
}

/** The failure that a library wrapped into an error of its own. */
export function failureBehind(error: unknown): Failure | undefined {
  if (error instanceof Failure) return error;
  return error instanceof Error ? failureBehind(error.cause) : undefined;
}

export function usageFailure(message: string, hint?: string): Failure {
  return new Failure('usage', 'usage', message, { hint });
}

export function signedOutFailure(message: string, cause?: unknown): Failure {
  return new Failure('signedOut', 'not_signed_in', message, {
    hint: 'Sign in with `openclaw auth login`.',
    cause,
  });
}
