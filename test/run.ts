import { spawnSync } from 'node:child_process';
import { startVitest } from 'vitest/node';
import { messageOf } from '#sandbox/message-of.ts';
import { readyTools } from './support/ready-tools.ts';
import { readArguments } from './support/run-arguments.ts';
import { closingLines, exitCodeOf, outcomeOf } from './support/run-outcome.ts';

/** `npm test`: the tools of the tests, then the check, then every test; closes with `N passed, N failed`. */
async function main(given: readonly string[]): Promise<number> {
  const { help, install, filter, options } = readArguments(given);
  if (help !== undefined) {
    process.stdout.write(help);
    return 0;
  }
  await readyTools({ install });
  const check = spawnSync('npm', ['run', 'check'], { stdio: 'inherit', shell: process.platform === 'win32' });
  if (check.status !== 0) return 1;

  const vitest = await startVitest('test', filter, { ...options, watch: false, run: true });
  const outcome = outcomeOf(vitest.state.getTestModules(), vitest.state.getUnhandledErrors().length);
  await vitest.close();
  const ci = process.env['CI'] === 'true';
  process.stdout.write(closingLines(outcome, ci));
  return exitCodeOf(outcome, ci);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
