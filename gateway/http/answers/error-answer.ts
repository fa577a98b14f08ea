import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { CodedError, type ErrorCode, errorFacts } from '#domain/error.ts';
import { validationAnswer } from './validation-answer.ts';

export interface ErrorAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: { error: ErrorCode; message: string; detail?: unknown };
}

const retryAfterDefaultMs = 2_000;

/** The answer for whatever was thrown: a code of the catalogue, never internals. */
export function errorAnswer(thrown: unknown): ErrorAnswer {
  const error = codedErrorOf(thrown);
  const { http, retryable, text } = errorFacts(error.code);
  const internal = error.code === 'INTERNAL' || error.code === 'CONTENT_UNREADABLE';
  return {
    status: http,
    headers: {
      ...challenge(error.code),
      ...(retryable && (http === 503 || http === 429)
        ? { 'retry-after': String(Math.ceil((error.retryAfterMs ?? retryAfterDefaultMs) / 1_000)) }
        : {}),
    },
    body: {
      error: error.code,
      message: internal ? text : error.message,
      ...(error.detail === undefined || internal ? {} : { detail: error.detail }),
    },
  };
}

const frameworkError = z.object({ code: z.string().optional(), statusCode: z.int().optional() });

const codes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_BODY_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  FST_ERR_MAX_PARAM_LENGTH: 'NOT_FOUND',
  FST_ERR_NOT_FOUND: 'NOT_FOUND',
};

function codedErrorOf(thrown: unknown): CodedError {
  if (thrown instanceof CodedError) return thrown;
  if (hasZodFastifySchemaValidationErrors(thrown)) return validationAnswer(thrown.validation);
  const { code = '', statusCode = 500 } = frameworkError.safeParse(thrown).data ?? {};
  const known = codes[code];
  if (known !== undefined) return new CodedError(known, { cause: thrown });
  if (statusCode === 413) return new CodedError('PAYLOAD_TOO_LARGE', { cause: thrown });
  if (statusCode >= 400 && statusCode < 500) return new CodedError('INVALID_REQUEST', { cause: thrown });
  return new CodedError('INTERNAL', { cause: thrown });
}

function challenge(code: ErrorCode): Readonly<Record<string, string>> {
  if (code === 'invalid_token') return { 'www-authenticate': 'Bearer error="invalid_token"' };
  return errorFacts(code).http === 401 ? { 'www-authenticate': 'Bearer' } : {};
}
