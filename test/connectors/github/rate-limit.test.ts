import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { waitMs } from '#connectors/github/rate-limit.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const inAMinute = String(now / 1000 + 60);

describe('how long GitHub wants us to wait', () => {
  it.each([
    ['seconds', { 'retry-after': '30' }, 30_000],
    ['a date', { 'retry-after': 'Sat, 21 Nov 2026 12:05:00 GMT' }, 300_000],
    ['a date in the past', { 'retry-after': 'Sat, 21 Nov 2026 11:00:00 GMT' }, 1000],
    ['zero', { 'retry-after': '0' }, 1000],
    ['a huge number', { 'retry-after': '99999999999999999999' }, 86_400_000],
    ['a negative number', { 'retry-after': '-5' }, 60_000],
    ['words', { 'retry-after': 'later' }, 60_000],
    ['nothing', {}, 60_000],
    ['a reset time', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inAMinute }, 60_000],
    ['a reset time while calls are left', { 'x-ratelimit-remaining': '9', 'x-ratelimit-reset': '1' }, 60_000],
    [
      'a negative number and a reset time',
      {
        'retry-after': '-5',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(now / 1000 + 120),
      },
      120_000,
    ],
  ])('%s', (_name, headers, wait) => {
    expect(waitMs(headers, now)).toBe(wait);
  });

  it('is between a second and a day whatever the headers say', () => {
    const header = fc.oneof(
      fc.string(),
      fc.integer().map(String),
      fc.date().map(String),
      fc.constant(undefined),
    );
    const headers = fc.record({
      'retry-after': header,
      'x-ratelimit-remaining': header,
      'x-ratelimit-reset': header,
    });
    fc.assert(
      fc.property(headers, (given) => {
        const wait = waitMs(given, now);
        expect(wait).toBeGreaterThanOrEqual(1000);
        expect(wait).toBeLessThanOrEqual(86_400_000);
      }),
    );
  });
});
