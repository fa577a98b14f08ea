import { linkSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { identityOf, isStill } from './process-identity.ts';
import { writePrivate } from './write-private.ts';

/**
 * Makes sure that only one stack at a time uses a data folder. Returns a function that releases the lock, or the id of
 * the process that has it. A lock whose process is gone does not count.
 */
export function takeLock(file: string): { release: () => void } | { lockedBy: number } {
  const mine = `${file}.${process.pid}`;
  writePrivate(mine, `${process.pid} ${identityOf(process.pid)}\n`);
  try {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      if (putInPlace(mine, file)) return { release: () => rmSync(file, { force: true }) };
      const holder = readHolder(file);
      if (holder && isStill(holder.pid, holder.identity)) return { lockedBy: holder.pid };
      setAside(file);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  throw new Error(`The lock ${file} cannot be taken; is another start going on? Try again.`);
}

/** A hard link appears whole or not at all, and never over another. */
function putInPlace(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a stale lock; if it turns out to be a fresh one of somebody else, puts it back. */
function setAside(file: string): void {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
  } catch {
    // Another process removed it.
    return;
  }
  const holder = readHolder(aside);
  if (holder && isStill(holder.pid, holder.identity)) putInPlace(aside, file);
  rmSync(aside, { force: true });
}

function readHolder(file: string): { pid: number; identity: string } | undefined {
  try {
    const [pid, ...identity] = readFileSync(file, 'utf8').trim().split(' ');
    return { pid: Number(pid), identity: identity.join(' ') };
  } catch {
    return undefined;
  }
}
