import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  byWeight,
  type ImpactGroup,
  impactKind,
  loosens,
  needsReview,
  summaryOf,
} from '#domain/policy/impact.ts';
import { verdicts } from '#domain/policy/verdict.ts';

const group = (more: Partial<ImpactGroup> = {}): ImpactGroup => ({
  kind: 'newly_blocked',
  before: 'allow',
  after: 'deny',
  subject: 'sub_a',
  userId: 'ada',
  orgUnit: 'engineering',
  action: 'github_issue_comment',
  connector: 'github',
  decisions: 1,
  examples: [],
  ...more,
});

describe('what becomes different', () => {
  it.each([
    ['allow', 'deny', 'newly_blocked'],
    ['require_approval', 'deny', 'newly_blocked'],
    ['deny', 'allow', 'newly_allowed'],
    ['deny', 'require_approval', 'newly_allowed'],
    ['allow', 'require_approval', 'newly_needs_approval'],
    ['notify', 'require_approval', 'newly_needs_approval'],
    ['require_approval', 'allow', 'no_longer_needs_approval'],
    ['require_approval', 'notify', 'no_longer_needs_approval'],
    ['allow', 'notify', 'newly_notified'],
    ['notify', 'allow', 'no_longer_notified'],
  ] as const)('from %s to %s is %s', (before, after, kind) => {
    expect(impactKind(before, after)).toBe(kind);
  });

  it('is nothing where the verdict stays', () => {
    for (const verdict of verdicts) expect(impactKind(verdict, verdict)).toBeUndefined();
  });

  it('loosens exactly where the verdict afterwards is a less strict one', () => {
    const verdict = fc.constantFrom(...verdicts);
    fc.assert(
      fc.property(verdict, verdict, (before, after) => {
        const kind = impactKind(before, after);
        const looser = verdicts.indexOf(after) > verdicts.indexOf(before);
        return kind === undefined ? before === after : loosens({ kind }) === looser;
      }),
    );
  });
});

describe('a summary', () => {
  it('counts decisions, and each person once', () => {
    const groups = [
      group({ decisions: 3 }),
      group({ decisions: 2, action: 'github_pr_close' }),
      group({ subject: 'sub_b' }),
      group({ kind: 'newly_allowed' }),
    ];
    const summary = summaryOf(groups);
    expect(summary.newly_blocked).toEqual({ decisions: 6, people: 2 });
    expect(summary.newly_allowed).toEqual({ decisions: 1, people: 1 });
    expect(summary.newly_notified).toEqual({ decisions: 0, people: 0 });
  });

  it('begins with what weighs most', () => {
    const groups = [group({ decisions: 1 }), group({ decisions: 5, subject: 'sub_b' })];
    expect(byWeight(groups).map(({ decisions }) => decisions)).toEqual([5, 1]);
  });
});

describe('a review', () => {
  it.each([
    ['off', true, false],
    ['off', false, false],
    ['widening', true, true],
    ['widening', false, false],
    ['all', true, true],
    ['all', false, true],
  ] as const)('set to %s, of a change that widens: %s, is needed: %s', (review, widening, needed) => {
    expect(needsReview(review, { widening })).toBe(needed);
  });
});
