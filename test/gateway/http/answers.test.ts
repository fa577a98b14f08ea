import { describe, expect, it } from 'vitest';
import { CodedError, type ErrorCode, errorCatalogue, errorFacts, isErrorCode } from '#domain/error.ts';
import { errorAnswer } from '#gateway/http/answers/error-answer.ts';
import { callIdOf } from '#gateway/http/call-id.ts';

const codes = Object.keys(errorCatalogue).filter((code): code is ErrorCode => isErrorCode(code));

describe('errors as answers', () => {
  it('have the status, code and words of the catalogue', () => {
    const told = codes.map((code) => errorAnswer(new CodedError(code)));
    expect(told).toMatchObject(
      codes.map((code) => ({
        status: errorFacts(code).http,
        body: { error: code, message: errorFacts(code).text },
      })),
    );
  });

  it('never carry what was thrown underneath', () => {
    const secret = 'password=hunter2';
    const wrapped = new CodedError('DATABASE_UNAVAILABLE', { cause: new Error(secret) });
    for (const thrown of [
      new Error(secret),
      wrapped,
      secret,
      { message: secret },
      new CodedError('INTERNAL', { message: secret, detail: secret }),
    ]) {
      expect(JSON.stringify(errorAnswer(thrown))).not.toContain(secret);
    }
  });

  it('say when to come back, in whole seconds', () => {
    const given = errorAnswer(new CodedError('TEMPORAL_UNAVAILABLE', { retryAfterMs: 1_500 }));
    expect(given.headers['retry-after']).toBe('2');
    expect(
      Number(errorAnswer(new CodedError('DATABASE_UNAVAILABLE')).headers['retry-after']),
    ).toBeGreaterThan(0);
    expect(errorAnswer(new CodedError('NOT_FOUND')).headers['retry-after']).toBeUndefined();
  });
});

describe('the id of a call', () => {
  it('is the one given when it is a plain word, else a new UUID', () => {
    expect(callIdOf({ headers: { 'x-request-id': 'a.b:c-1_2' } })).toBe('a.b:c-1_2');
    for (const given of ['', 'a b', 'a\nb', 'x'.repeat(129), 'ü', undefined]) {
      const id = callIdOf({ headers: given === undefined ? {} : { 'x-request-id': given } });
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    }
  });
});
