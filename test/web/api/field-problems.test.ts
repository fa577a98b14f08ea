import { describe, expect, it } from 'vitest';
import { fieldProblems, problemsOf, problemWords } from '#web/api/field-problems.ts';

describe('problems of fields', () => {
  it('are read from both shapes', () => {
    expect(
      fieldProblems([
        { field: 'scope.org_unit', problem: 'a slash path' },
        'rules.max_tokens_per_day: is not a number',
        'action_overrides.github_pr_close: notify is more permissive than what "Shipped" (enterprise) grants (block)',
        'github is not allowed: not at all',
        7,
        { field: 1 },
      ]),
    ).toEqual([
      { field: 'scope.org_unit', problem: 'a slash path' },
      { field: 'rules.max_tokens_per_day', problem: 'is not a number' },
      {
        field: 'action_overrides.github_pr_close',
        problem: 'notify is more permissive than what "Shipped" (enterprise) grants (block)',
      },
      { field: '', problem: 'github is not allowed: not at all' },
    ]);
    expect(fieldProblems({ version: 3 })).toEqual([]);
    expect(fieldProblems(undefined)).toEqual([]);
  });

  it('belong to the field, which is not named again, and to what is in it', () => {
    const problems = fieldProblems(['rules.x: bad', 'rules_of_old: bad', 'name: bad']);
    expect(problemsOf(problems, 'rules').map(problemWords)).toEqual(['rules.x: bad']);
    expect(problemsOf(problems, 'name').map(problemWords)).toEqual(['bad']);
  });
});
