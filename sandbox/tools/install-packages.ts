import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from '../progress.ts';
import { type PackageManagerName, packageManagers } from './package-manager.ts';
import type { Rights } from './rights.ts';
import { lastLine, type Run, runProgram } from './run-program.ts';

export interface InstallOptions {
  manager: PackageManagerName;
  packages: readonly string[];
  rights: Rights;
  env: NodeJS.ProcessEnv;
  progress: Progress;
}

const halfAnHour = 1_800_000;

/** Installs by the machine's package manager, without a question; throws with the last of what it said. */
export async function installPackages(options: InstallOptions): Promise<void> {
  const { manager, packages, rights, env, progress } = options;
  const { update, install, env: settings = {} } = packageManagers[manager];
  // sudo keeps no variables, so they are given behind it.
  const given = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  const elevate = rights === 'sudo' && manager !== 'brew' ? ['sudo', '-n', 'env', ...given] : [];
  const run = ([first, ...more]: readonly [string, ...string[]]) => {
    const [program = first, ...args] = [...elevate, first, ...more];
    return whileLocked(() =>
      runProgram([program, ...args], { env: { ...env, ...settings }, timeoutMs: halfAnHour }),
    );
  };
  await progress.during(`installing ${packages.join(', ')} by ${manager}`, async () => {
    // Lists that can't be brought up to date may do: what counts is whether the packages are had.
    if (update) await run(update);
    const installed = await run([...install, ...packages]);
    if (!installed.ok) throw new Error(`${manager}: ${lastLine(installed.err)}`);
  });
}

/** apt waits for the lock of its packages, but not for that of its lists; so we do. */
async function whileLocked(work: () => Promise<Run>): Promise<Run> {
  const until = Date.now() + halfAnHour;
  for (;;) {
    const run = await work();
    if (run.ok || !/could not get lock/i.test(run.err) || Date.now() > until) return run;
    await sleep(1_000);
  }
}
