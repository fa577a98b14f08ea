import { describe, expect, it } from 'vitest';
import { policyChangeReviews } from '#domain/policy/impact.ts';
import { reviewWords } from '#web/policies/review-words.ts';

describe('which changes have to be looked at first', () => {
  it('is worded for every setting, each in its own words', () => {
    const words = policyChangeReviews.map(reviewWords);
    expect(new Set(words.map(({ choice }) => choice)).size).toBe(3);
    expect(new Set(words.map(({ meaning }) => meaning)).size).toBe(3);
  });
});
