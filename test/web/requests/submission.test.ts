import { describe, expect, it } from 'vitest';
import { randomKey, submissionFor, submissionFrom } from '#web/requests/submission.ts';

describe('a submission', () => {
  it('keeps its key when the same text is sent again', () => {
    const first = submissionFor(undefined, 'list issues', () => 'one');
    expect(first).toEqual({ text: 'list issues', idempotencyKey: 'one' });
    expect(submissionFor(first, 'list issues', () => 'two')).toEqual(first);
  });

  it('gets another key with another text', () => {
    const first = submissionFor(undefined, 'list issues', () => 'one');
    expect(submissionFor(first, 'list issues ', () => 'two').idempotencyKey).toBe('two');
  });

  it('survives being stored', () => {
    const first = submissionFor(undefined, 'list "issues"\n', () => 'one');
    expect(submissionFrom(JSON.stringify(first))).toEqual(first);
  });

  it.each(['', 'null', '{', '7', '{"text":"x"}', '{"text":1,"idempotencyKey":"k"}'])(
    'is not read out of %j',
    (stored) => {
      expect(submissionFrom(stored)).toBeUndefined();
    },
  );

  it('has a key of 128 bits that is its own', () => {
    expect(randomKey()).toMatch(/^[0-9a-f]{32}$/);
    expect(randomKey()).not.toBe(randomKey());
  });
});
