import { describe, expect, it } from 'vitest';
import { agoWords, expiryWords, timeWords } from '#web/design/time-words.ts';

const now = Date.parse('2026-01-10T12:00:00.000Z');

describe('times in words', () => {
  it.each([
    ['2026-01-10T11:59:30.000Z', 'just now'],
    ['2026-01-10T12:00:30.000Z', 'in less than a minute'],
    ['2026-01-10T11:55:10.000Z', '4 minutes ago'],
    ['2026-01-10T13:59:59.000Z', 'in 1 hour'],
    ['2026-01-17T12:00:00.000Z', 'in 7 days'],
    ['2026-01-08T11:00:00.000Z', '2 days ago'],
  ])('%s is %s', (at, words) => {
    expect(timeWords(at, now)).toBe(words);
  });

  it('never put what has happened into the future', () => {
    expect(agoWords('2026-01-10T12:00:30.000Z', now)).toBe('just now');
    expect(agoWords('2026-01-10T11:55:10.000Z', now)).toBe('4 minutes ago');
  });

  it('say when something runs out, and that it has from the very moment on', () => {
    expect(expiryWords('2026-01-10T12:00:01.000Z', now)).toBe('expires in less than a minute');
    expect(expiryWords('2026-01-10T12:00:00.000Z', now)).toBe('expired');
  });
});
