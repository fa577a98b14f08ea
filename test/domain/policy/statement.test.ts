import { describe, expect, it } from 'vitest';
import { type PointValue, type Strictness, strictnessOf, valueAt } from '#domain/policy/statement.ts';

describe('the value at a point', () => {
  const statement = new Map<string, PointValue>([
    ['github.comment_issue', 'any'],
    ['github.*', 'none'],
    ['*', 'read'],
  ]);

  it.each([
    ['github.comment_issue', 'any'],
    ['github.close_pr', 'none'],
    ['github.*', 'none'],
    ['jira.comment_issue', 'read'],
    ['*', 'read'],
  ])('%s is %s', (key, value) => {
    expect(valueAt(statement, key)).toBe(value);
  });

  it('is undefined where the level is silent', () => {
    expect(valueAt(new Map([['github.*', true]]), 'jira.*')).toBeUndefined();
  });
});

describe('the stricter of two values', () => {
  const vocabulary: Strictness = {
    direction: 'vocabulary',
    order: ['autonomous', 'notify', 'approve', 'block'],
  };
  it.each<[Strictness, PointValue, PointValue]>([
    [{ direction: 'grant' }, false, true],
    [{ direction: 'block list' }, true, false],
    [{ direction: 'obligation' }, true, false],
    [{ direction: 'ceiling' }, 5, 10],
    [{ direction: 'floor' }, 730, 365],
    [vocabulary, 'block', 'approve'],
    [vocabulary, 'notify', 'autonomous'],
    [vocabulary, 'word of no vocabulary', 'block'],
    [{ direction: 'ceiling' }, Number.NaN, 0],
    [{ direction: 'grant' }, 'yes', false],
  ])('of a %o, %s is stricter than %s', (field, stricter, looser) => {
    expect(strictnessOf(field, stricter)).toBeGreaterThan(strictnessOf(field, looser));
  });
});
