import { mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from './failure.ts';

/** A lock this old, in milliseconds, was left behind by a process that died. */
const staleMs = 30_000;
const patienceMs = 45_000;

/** Runs `work` while no other `openclaw` on this machine holds the lock. */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const giveUpAt = Date.now() + patienceMs;
  while (!(await taken(path))) {
    if (Date.now() > giveUpAt) {
      throw new Failure('failed', 'locked', `Another openclaw holds ${path}.`, {
        hint: 'Remove the file if none runs.',
      });
    }
    await sleep(100);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function taken(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.close();
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const lockFile = await stat(path).catch(() => undefined);
    if (lockFile !== undefined && Date.now() - lockFile.mtimeMs > staleMs) await rm(path, { force: true });
    return false;
  }
}
