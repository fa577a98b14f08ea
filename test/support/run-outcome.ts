import type { TestCase, TestModule } from 'vitest/node';

export interface RunOutcome {
  passed: number;
  failed: number;
  /** Full names, each with its file. */
  skipped: readonly string[];
  /** The most expensive first. */
  slowest: readonly { file: string; seconds: number }[];
}

/** A file that couldn't be loaded, or an error outside of any test, is a failure too. */
export function outcomeOf(modules: readonly TestModule[], outside: number): RunOutcome {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const inState = (state: ReturnType<TestCase['result']>['state']) =>
    tests.filter((test) => test.result().state === state);
  const broken = modules.filter((module) => module.errors().length > 0).length;
  return {
    passed: inState('passed').length,
    failed: inState('failed').length + broken + outside,
    skipped: tests
      .filter((test) => !['passed', 'failed'].includes(test.result().state))
      .map((test) => `${test.module.relativeModuleId} > ${test.fullName}`),
    slowest: modules
      .map(costOf)
      .toSorted((one, other) => other.seconds - one.seconds)
      .slice(0, 10),
  };
}

function costOf(module: TestModule) {
  const { prepareDuration, environmentSetupDuration, collectDuration, setupDuration, duration } =
    module.diagnostic();
  const spent = prepareDuration + environmentSetupDuration + collectDuration + setupDuration + duration;
  return { file: module.relativeModuleId, seconds: spent / 1_000 };
}

/** What a run ends with: its slowest files, what it skipped, and `N passed, N failed` alone and last, as CI reads it. */
export function closingLines({ passed, failed, skipped, slowest }: RunOutcome, ci: boolean): string {
  const lines = ['', 'The slowest files:'];
  for (const { file, seconds } of slowest) lines.push(`${seconds.toFixed(1).padStart(7)} s  ${file}`);
  if (skipped.length > 0) {
    lines.push('', `Skipped, ${skipped.length} in all:`, ...skipped.map((name) => `  ${name}`));
    if (ci) lines.push('Under CI nothing may be skipped: this run has failed.');
  }
  return `${[...lines, '', `${passed} passed, ${failed} failed`].join('\n')}\n`;
}

export function exitCodeOf({ passed, failed, skipped }: RunOutcome, ci: boolean): 0 | 1 {
  return failed > 0 || passed === 0 || (ci && skipped.length > 0) ? 1 : 0;
}
