import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Classification,
  classifications,
  isAbove,
  raisedTo,
} from '#domain/classification/classification.ts';
import { itemKey, parseItemKey } from '#domain/classification/classified-item.ts';
import { assignLabel } from '#domain/classification/classify-item.ts';
import { labelOf } from '#domain/classification/derive-classification.ts';

const label = fc.constantFrom<Classification>(...classifications);
const sources = fc.array(fc.record({ classification: label }), { minLength: 1, maxLength: 8 });

describe('what is made of labelled data', () => {
  it('carries a label of its sources, and none of them is above it', () => {
    fc.assert(
      fc.property(sources, (given) => {
        const made = labelOf(given);
        expect(given.map(({ classification }) => classification)).toContain(made);
        expect(given.some((source) => isAbove(source.classification, made))).toBe(false);
      }),
    );
  });

  it('carries the same label made in one step or in several, in any order', () => {
    fc.assert(
      fc.property(sources, sources, (some, others) => {
        const inSteps = labelOf([...others, { classification: labelOf(some) }]);
        expect(inSteps).toBe(labelOf([...some, ...others]));
      }),
    );
  });

  it('is restricted when it is made of nothing', () => {
    expect(labelOf([])).toBe('restricted');
  });
});

describe('the label of an item', () => {
  const evidence = fc.record({
    base: label,
    findings: fc.array(
      fc.record({ reason: fc.constant('pay' as const), classification: label, confidence: fc.constant(0.7) }),
    ),
    suggested: fc.option(label),
  });

  it('without an administrator is never below its source, and as high as anything found or suggested', () => {
    fc.assert(
      fc.property(evidence, (given) => {
        const { classification, assignedBy, originalLevel } = assignLabel({ ...given, override: null });
        const highest = given.findings.reduce(
          (raised, found) => raisedTo(raised, found.classification),
          raisedTo(given.base, given.suggested),
        );
        expect(classification).toBe(highest);
        expect(assignedBy).toBe(highest === given.base ? 'connector_default' : 'ai_reclassification');
        expect(originalLevel).toBe(highest === given.base ? null : given.base);
      }),
    );
  });

  it('is what the administrator says, in any direction', () => {
    fc.assert(
      fc.property(evidence, label, (given, override) => {
        expect(assignLabel({ ...given, override })).toMatchObject({
          classification: override,
          assignedBy: 'admin_override',
          originalLevel: given.base,
        });
      }),
    );
  });
});

describe('the key of an item', () => {
  it('is taken apart as it was put together', () => {
    const of = { source: 'github', itemId: 'acme/website#7' };
    expect(itemKey(of)).toBe('github:acme/website#7');
    expect(parseItemKey(itemKey(of))).toEqual(of);
  });

  it('is one however the item is written, where the source knows no upper and lower case', () => {
    const item = { source: 'github', itemId: 'Acme/WebSite#7' };
    expect(itemKey({ ...item, ignoresCase: true })).toBe('github:acme/website#7');
    expect(itemKey(item)).toBe('github:Acme/WebSite#7');
  });

  it.each([
    '',
    'github',
    'github:',
    ':x',
    'GitHub:x',
    'github: x',
    'git hub:x',
    'github:a\u0000b',
    `github:${'x'.repeat(257)}`,
  ])('is not %j', (key) => {
    expect(parseItemKey(key)).toBeUndefined();
  });
});
