import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { identityOf, isStill } from './process-identity.ts';

/**
 * Makes sure that one stack at a time works on a data folder. Returns a function that lets go,
 * or the id of the process that holds it. A lock whose process is gone counts for nothing.
 */
export function takeLock(file: string): { release: () => void } | { heldBy: number } {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    try {
      const descriptor = openSync(file, 'wx', 0o600);
      writeSync(descriptor, `${process.pid} ${identityOf(process.pid)}\n`);
      closeSync(descriptor);
      return { release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if (!isExists(error)) throw error;
    }
    const holder = readHolder(file);
    if (holder && isStill(holder.pid, holder.identity)) return { heldBy: holder.pid };
    rmSync(file, { force: true });
  }
  throw new Error(`The lock ${file} cannot be taken; is another start going on? Try again.`);
}

function readHolder(file: string): { pid: number; identity: string } | undefined {
  try {
    const [pid, ...identity] = readFileSync(file, 'utf8').trim().split(' ');
    return { pid: Number(pid), identity: identity.join(' ') };
  } catch {
    return undefined;
  }
}

function isExists(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}
