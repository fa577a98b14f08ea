interface ErrorFacts {
  /** HTTP status that the gateway answers with. */
  http: number;
  /** May the same call succeed later, unchanged? */
  retryable: boolean;
  /** Text for people; the `message` of the thrown error may be more precise. */
  text: string;
}

/** Every code that leaves the process. `docs/errors.md` is tested against it both ways (spec/enterprise.md §1.2). */
export const errorCatalogue = {
  missing_token: { http: 401, retryable: false, text: 'A bearer token or a session is needed.' },
  invalid_token: { http: 401, retryable: false, text: 'The token is not valid here.' },
  no_session: { http: 401, retryable: false, text: 'You are not signed in.' },
  invalid_session: { http: 401, retryable: false, text: 'The session cookie is malformed.' },
  session_not_found: { http: 401, retryable: false, text: 'The session has ended. Sign in again.' },
  session_expired: { http: 401, retryable: false, text: 'The session has expired. Sign in again.' },
  SESSION_CHANGED: {
    http: 409,
    retryable: false,
    text: 'This browser is signed in otherwise by now, so nothing was done. Look who it is, and try again.',
  },
  missing_code: { http: 400, retryable: false, text: 'The sign-in answer carries no code.' },
  token_exchange_failed: { http: 502, retryable: true, text: 'The identity provider refused the code.' },
  no_id_token: { http: 502, retryable: false, text: 'The identity provider sent no identity token.' },
  forbidden: { http: 403, retryable: false, text: 'Your role does not allow this.' },
  HIGHER_ROLE: {
    http: 403,
    retryable: false,
    text: 'This person has a higher role than you, or one that is not known here.',
  },
  NOT_FOUND: { http: 404, retryable: false, text: 'There is no such thing, or it is not yours to see.' },
  CALL_NOT_SO: { http: 409, retryable: false, text: 'What this call says is not so.' },
  METHOD_NOT_ALLOWED: { http: 405, retryable: false, text: 'This address does not take that method.' },
  INVALID_REQUEST: { http: 400, retryable: false, text: 'The request is not well formed.' },
  INVALID_TEXT: {
    http: 400,
    retryable: false,
    text: 'The text holds characters that are not valid Unicode.',
  },
  PAYLOAD_TOO_LARGE: { http: 413, retryable: false, text: 'The request is larger than allowed.' },
  UNSUPPORTED_MEDIA_TYPE: { http: 415, retryable: false, text: 'Send application/json in UTF-8.' },
  IDEMPOTENCY_KEY_REUSED: {
    http: 409,
    retryable: false,
    text: 'This Idempotency-Key was used before with another request.',
  },
  NOT_UNDERSTOOD: { http: 422, retryable: false, text: 'The planner did not understand the request.' },
  POLICY_DENIED: { http: 403, retryable: false, text: 'Policy does not allow this action.' },
  POLICY_APPROVAL_REQUIRED: {
    http: 403,
    retryable: false,
    text: 'Policy wants a human to approve this first.',
  },
  POLICY_ENGINE_UNREACHABLE: {
    http: 503,
    retryable: true,
    text: 'Policy could not be evaluated, so the action is denied.',
  },
  POLICY_HIERARCHY_VIOLATION: {
    http: 400,
    retryable: false,
    text: 'The policy allows more than a level above it grants.',
  },
  POLICY_ENTERPRISE_ONLY: {
    http: 400,
    retryable: false,
    text: "Only the enterprise's policies say this, as they are in force for everybody.",
  },
  AUDIT_NOT_SEALED: {
    http: 503,
    retryable: true,
    text: 'The audit log has no signed head for this yet. Try again in a minute.',
  },
  POLICY_CHANGED: {
    http: 412,
    retryable: false,
    text: 'The policy is no longer what you saw. Look again.',
  },
  POLICY_DEPRECATED: {
    http: 409,
    retryable: false,
    text: 'What is deprecated does not come back; make a new version or a new policy.',
  },
  POLICY_UNPROVEN: {
    http: 409,
    retryable: false,
    text: 'Nothing proves who wrote this version of the policy, so it is not followed.',
  },
  POLICY_CONFLICT: {
    http: 409,
    retryable: false,
    text: 'Another policy of this domain is active at this position.',
  },
  POLICY_LIMIT_REACHED: {
    http: 409,
    retryable: false,
    text: 'A person has as many policies of this domain as there may be. End one first.',
  },
  POLICY_IMPACT_CHANGED: {
    http: 409,
    retryable: false,
    text: 'The change no longer means what you confirmed. Look at its impact again.',
  },
  POLICY_IMPACT_REVIEW_REQUIRED: {
    http: 409,
    retryable: false,
    text: 'Your organisation wants the impact of this change looked at first. Send its digest with the change.',
  },
  POLICY_SET_REFUSED: {
    http: 409,
    retryable: false,
    text: 'The stored policies are not the ones that were signed, so nothing is changed until an operator has looked.',
  },
  CROSS_ENTERPRISE_BLOCKED: {
    http: 403,
    retryable: false,
    text: 'Assistants of different tenants never exchange anything.',
  },
  CLASSIFICATION_VIOLATION: {
    http: 403,
    retryable: false,
    text: 'The data is classified higher than allowed here.',
  },
  MODEL_UNAVAILABLE: { http: 503, retryable: true, text: 'The language model gave no usable answer.' },
  MODEL_TOKENS_EXHAUSTED: {
    http: 429,
    retryable: true,
    text: 'The tokens that policy grants for today are used up.',
  },
  AUDIT_WRITE_FAILED: {
    http: 503,
    retryable: true,
    text: 'The audit record could not be written, so nothing was done.',
  },
  HOLD_RELEASED: { http: 409, retryable: false, text: 'This legal hold is over already.' },
  APPROVAL_NOT_PENDING: { http: 409, retryable: false, text: 'This approval has been decided already.' },
  APPROVAL_INTERRUPTED: {
    http: 503,
    retryable: true,
    text: 'The workflow of this approval was ended from outside. It is started anew within minutes: decide then.',
  },
  APPROVAL_EXPIRED: { http: 409, retryable: false, text: 'This approval has expired.' },
  APPROVAL_DIGEST_MISMATCH: {
    http: 409,
    retryable: false,
    text: 'What you saw is not what would be done now. Look again.',
  },
  APPROVAL_OWN_REQUEST: { http: 403, retryable: false, text: 'Nobody decides their own request.' },
  APPROVAL_NOT_ALLOWED: { http: 403, retryable: false, text: 'You are not among those who may decide this.' },
  VOTE_SIGNATURE_INVALID: { http: 403, retryable: false, text: 'The vote does not carry a valid signature.' },
  APPROVAL_STALE: {
    http: 409,
    retryable: false,
    text: 'Policy or action changed after the approval, so nothing was done.',
  },
  REQUEST_NOT_PENDING: { http: 409, retryable: false, text: 'The request is not waiting for anything.' },
  OUTCOME_UNKNOWN: {
    http: 409,
    retryable: false,
    text: 'It is not known whether the action happened. A person has to look.',
  },
  CONNECTOR_UNAVAILABLE: { http: 503, retryable: true, text: 'The outside service cannot be used now.' },
  OAUTH_REVOKED: {
    http: 403,
    retryable: false,
    text: 'The outside service no longer accepts our credentials.',
  },
  oauth_token_revoked: { http: 403, retryable: false, text: 'The credentials were revoked at the provider.' },
  oauth_token_expired: { http: 403, retryable: false, text: 'The credentials have expired.' },
  api_rate_limited: {
    http: 503,
    retryable: true,
    text: 'The provider limits our calls; it will be tried later.',
  },
  api_unreachable: { http: 503, retryable: true, text: 'The provider does not answer.' },
  permission_denied: { http: 403, retryable: false, text: 'The provider does not let us do this.' },
  target_not_found: { http: 404, retryable: false, text: 'The provider knows no such target.' },
  target_refused: { http: 422, retryable: false, text: 'The provider refused the action.' },
  response_invalid: { http: 502, retryable: true, text: 'The provider sent an answer we cannot read.' },
  CONTENT_UNREADABLE: { http: 500, retryable: false, text: 'A stored text could not be decrypted.' },
  TENANT_MISMATCH: { http: 403, retryable: false, text: 'The tenant does not match.' },
  TENANT_UNKNOWN: { http: 403, retryable: false, text: 'No known tenant goes with this sign-in.' },
  TENANT_SUSPENDED: {
    http: 403,
    retryable: false,
    text: 'This tenant is suspended: nothing new begins until it is resumed.',
  },
  TENANT_EXISTS: {
    http: 409,
    retryable: false,
    text: 'There is or was a tenant of that id, with other facts.',
  },
  TENANT_NOT_READY: { http: 409, retryable: false, text: 'The tenant is not in a state for this.' },
  TENANT_HELD: {
    http: 409,
    retryable: false,
    text: 'A legal hold keeps the data of this tenant: it is not deleted before the hold is released.',
  },
  tenant_not_found: { http: 404, retryable: false, text: 'There is no such tenant.' },
  RATE_LIMITED: { http: 429, retryable: true, text: 'Too many calls. Try again later.' },
  TEMPORAL_UNAVAILABLE: { http: 503, retryable: true, text: 'The workflow engine cannot be reached.' },
  DATABASE_UNAVAILABLE: { http: 503, retryable: true, text: 'The database cannot be reached.' },
  IDENTITY_PROVIDER_UNAVAILABLE: {
    http: 503,
    retryable: true,
    text: 'The identity provider cannot be reached.',
  },
  INTERNAL: { http: 500, retryable: false, text: 'Something went wrong on our side.' },
} as const satisfies Record<string, ErrorFacts>;

export type ErrorCode = keyof typeof errorCatalogue;

export function errorFacts(code: ErrorCode): ErrorFacts {
  return errorCatalogue[code];
}

interface CodedErrorOptions {
  message?: string;
  /** For the caller: which field, which rule. Never internals. */
  detail?: unknown;
  /** For the log only; never leaves the process. */
  cause?: unknown;
  /** Milliseconds after which the caller may try again. */
  retryAfterMs?: number;
}

/** The one kind of error that crosses our borders: a code of the catalogue, with text and detail for the caller. */
export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly detail: unknown;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, options: CodedErrorOptions = {}) {
    super(options.message ?? errorFacts(code).text, { cause: options.cause });
    this.name = 'CodedError';
    this.code = code;
    this.detail = options.detail;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** An error of a call to a provider; it knows whether the effect may have happened all the same. */
export class ProviderError extends CodedError {
  /** `no`: it certainly did not happen. `unknown`: it may have. */
  readonly happened: 'no' | 'unknown';

  constructor(code: ErrorCode, happened: 'no' | 'unknown', options: CodedErrorOptions = {}) {
    super(code, options);
    this.name = 'ProviderError';
    this.happened = happened;
  }
}

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCatalogue, text);
}
