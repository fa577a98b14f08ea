import { describe, expect, it } from 'vitest';
import { readArguments, usage } from './support/run-arguments.ts';
import { closingLines, exitCodeOf } from './support/run-outcome.ts';
import { testTools } from './support/tools.ts';

describe('what npm test is told', () => {
  it('may be files and options of Vitest, and --install anywhere among them', () => {
    expect(readArguments(['test/domain', '--install', '-t', 'a name'])).toMatchObject({
      install: true,
      filter: ['test/domain'],
      options: { testNamePattern: 'a name' },
    });
    expect(readArguments([])).toMatchObject({ install: false, filter: [] });
  });

  it('may be a question for help, which names the variable of every tool that can be named', () => {
    expect(readArguments(['test/domain', '--help']).help).toBe(usage);
    for (const { variable, packages, ways } of Object.values(testTools)) {
      if (Object.keys(packages).length + ways.length > 0) expect(usage).toContain(variable);
    }
  });

  it('is refused where nobody knows it', () => {
    expect(() => readArguments(['--instal'])).toThrow('Unknown option `--instal`');
  });
});

describe('what a run ends with', () => {
  const outcome = {
    passed: 7,
    failed: 0,
    skipped: ['test/web/page.test.ts > the page > is shown', 'test/web/page.test.ts > the page > is read'],
    slowest: [
      { file: 'test/a.test.ts', seconds: 12.34 },
      { file: 'test/b.test.ts', seconds: 3 },
    ],
  };

  it('is its slowest files, what it skipped by name and number, and how many passed, alone and last', () => {
    expect(closingLines(outcome, false).split('\n')).toEqual([
      '',
      'The slowest files:',
      '   12.3 s  test/a.test.ts',
      '    3.0 s  test/b.test.ts',
      '',
      'Skipped, 2 in all:',
      '  test/web/page.test.ts > the page > is shown',
      '  test/web/page.test.ts > the page > is read',
      '',
      '7 passed, 0 failed',
      '',
    ]);
    expect(closingLines({ ...outcome, skipped: [] }, true)).not.toMatch(/skip/i);
  });

  it('says under CI that nothing may be skipped, before that line', () => {
    expect(closingLines(outcome, true).trimEnd().split('\n').slice(-3)).toEqual([
      'Under CI nothing may be skipped: this run has failed.',
      '',
      '7 passed, 0 failed',
    ]);
  });

  it.each([
    [{}, false, 0],
    [{}, true, 1],
    [{ skipped: [] }, true, 0],
    [{ failed: 1 }, false, 1],
    [{ failed: 1, skipped: [] }, true, 1],
    [{ passed: 0 }, false, 1],
  ] as const)('%o, under CI: %s, exits with %i', (change, ci, code) => {
    expect(exitCodeOf({ ...outcome, ...change }, ci)).toBe(code);
  });
});
