import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Classification, classifications, highestClassification } from '#domain/classification.ts';

describe('the highest classification', () => {
  it('is restricted where nothing is known', () => {
    expect(highestClassification([])).toBe('restricted');
  });

  it('is one of those given, and none of them is above it', () => {
    const rank = (label: Classification) => classifications.indexOf(label);
    const some = fc.array(fc.constantFrom<Classification>(...classifications), { minLength: 1 });
    fc.assert(
      fc.property(some, (labels) => {
        const highest = highestClassification(labels);
        expect(labels).toContain(highest);
        expect(labels.every((label) => rank(label) <= rank(highest))).toBe(true);
      }),
    );
  });
});
