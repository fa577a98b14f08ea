import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '#connectors/http/retry-after.ts';

const now = Date.parse('2026-11-21T12:00:00Z');

describe('how long a provider wants us to wait', () => {
  it.each([
    ['seconds', '30', 30_000],
    ['a date', 'Sat, 21 Nov 2026 12:05:00 GMT', 300_000],
    ['a date in the past', 'Sat, 21 Nov 2026 11:00:00 GMT', 1000],
    ['more than a day', '99999999', 86_400_000],
    ['a negative number', '-5', 60_000],
    ['nothing', undefined, 60_000],
  ])('%s', (_name, header, wait) => {
    expect(retryAfterMs({ 'retry-after': header }, now)).toBe(wait);
  });

  it('is said in its own way only where the header says nothing', () => {
    expect(retryAfterMs({}, now, () => 5_000)).toBe(5_000);
    expect(retryAfterMs({ 'retry-after': 'later' }, now, () => 5_000)).toBe(5_000);
    expect(retryAfterMs({ 'retry-after': '30' }, now, () => 5_000)).toBe(30_000);
    expect(retryAfterMs({}, now, () => undefined)).toBe(60_000);
  });

  it('is between a second and a day whatever is said', () => {
    const header = fc.oneof(fc.string(), fc.integer(), fc.date().map(String), fc.constant(undefined));
    fc.assert(
      fc.property(header, fc.integer(), (said, ownWay) => {
        const wait = retryAfterMs({ 'retry-after': said }, now, () => ownWay);
        expect(wait).toBeGreaterThanOrEqual(1000);
        expect(wait).toBeLessThanOrEqual(86_400_000);
      }),
    );
  });
});
