interface FailureFacts {
  /** HTTP status; 0 when no answer came. */
  status: number;
  /** A code in docs/errors.md, or `NO_ANSWER`, or `HTTP_<status>` if the answer had none. */
  code: string;
  message: string;
  detail?: unknown;
}

/** An error of the API, or that it did not answer. */
export class Failure extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: unknown;

  constructor(facts: FailureFacts) {
    super(facts.message);
    this.name = 'Failure';
    this.status = facts.status;
    this.code = facts.code;
    this.detail = facts.detail;
  }
}

/** Reads `{ error, message, detail? }`; anything else (a proxy's page) becomes `HTTP_<status>`. */
export function failureFrom(status: number, body: unknown): Failure {
  const fields: Record<string, unknown> = typeof body === 'object' && body !== null ? { ...body } : {};
  const { error, message, detail } = fields;
  if (typeof error === 'string' && typeof message === 'string') {
    return new Failure({ status, code: error, message, detail });
  }
  return new Failure({ status, code: `HTTP_${status}`, message: 'The server gave an answer without words.' });
}

/** No answer came: a network problem, a time limit, a server that is down. What was sent may have arrived. */
export function noAnswer(): Failure {
  return new Failure({ status: 0, code: 'NO_ANSWER', message: 'The server did not answer. Try again.' });
}

/** Turns whatever was thrown into something to show. */
export function asFailure(thrown: unknown): Failure {
  return thrown instanceof Failure ? thrown : noAnswer();
}

/** The detail as one line of text; empty when there is none. */
export function detailText(detail: unknown): string {
  if (detail === undefined || detail === null) return '';
  return typeof detail === 'string' ? detail : JSON.stringify(detail);
}
