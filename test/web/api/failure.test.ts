import { describe, expect, it } from 'vitest';
import { asFailure, detailText, failureFrom, noAnswer } from '#web/api/failure.ts';

describe('a failure', () => {
  it('carries the code, words and detail of the API', () => {
    const failure = failureFrom(409, {
      error: 'APPROVAL_NOT_PENDING',
      message: 'Decided already.',
      detail: { round: 2 },
    });
    expect(failure).toMatchObject({
      status: 409,
      code: 'APPROVAL_NOT_PENDING',
      message: 'Decided already.',
      detail: { round: 2 },
    });
  });

  it.each([undefined, null, 'Bad gateway', [], { error: 7, message: 'x' }, { message: 'only words' }])(
    'names the status where the answer is not ours: %j',
    (body) => {
      expect(failureFrom(502, body).code).toBe('HTTP_502');
    },
  );

  it('stays itself when it is caught, and anything else means that no answer came', () => {
    const failure = failureFrom(403, { error: 'forbidden', message: 'No.' });
    expect(asFailure(failure)).toBe(failure);
    expect(asFailure(new TypeError('Failed to fetch')).code).toBe(noAnswer().code);
  });

  it('shows its detail as one line of text', () => {
    expect(detailText(undefined)).toBe('');
    expect(detailText(null)).toBe('');
    expect(detailText('text is empty')).toBe('text is empty');
    expect(detailText([{ field: 'n' }])).toBe('[{"field":"n"}]');
  });
});
