import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { strictest, type Verdict, verdicts } from '#domain/policy/verdict.ts';

const some = fc.array(fc.constantFrom<Verdict>(...verdicts), { maxLength: 6 });

describe('the strictest verdict', () => {
  it('is one of those given, and a denial when there is none', () => {
    expect(strictest([])).toBe('deny');
    fc.assert(
      fc.property(some, (given) => {
        if (given.length > 0) expect(given).toContain(strictest(given));
      }),
    );
  });

  it('only gets stricter with one more, whatever the order', () => {
    const rank = (verdict: Verdict) => verdicts.indexOf(verdict);
    fc.assert(
      fc.property(some, fc.constantFrom<Verdict>(...verdicts), (given, more) => {
        expect(strictest(given.toReversed())).toBe(strictest(given));
        expect(rank(strictest([...given, more]))).toBeLessThanOrEqual(rank(more));
        if (given.length > 0) {
          expect(rank(strictest([...given, more]))).toBeLessThanOrEqual(rank(strictest(given)));
        }
      }),
    );
  });

  it('orders deny over require_approval over notify over allow', () => {
    expect(strictest(['allow', 'notify'])).toBe('notify');
    expect(strictest(['allow', 'notify', 'require_approval'])).toBe('require_approval');
    expect(strictest(['allow', 'deny', 'require_approval'])).toBe('deny');
  });
});
