import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { endLeftovers } from './children.ts';

/**
 * Starts a tiny process that outlives us. When our end of its pipe closes, for whatever reason, it ends the children
 * that are still on the list, and then removes the folder `thenRemove` (tests: their temporary one). After an orderly
 * stop the list is empty and it just exits.
 */
export function startReaper(childrenFile: string, thenRemove = ''): void {
  const reaper = spawn(process.execPath, [fileURLToPath(import.meta.url), childrenFile, thenRemove], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  reaper.on('error', () => {});
  reaper.unref();
  // The pipe must neither keep us alive nor close before we end.
  if ('unref' in reaper.stdin && typeof reaper.stdin.unref === 'function') reaper.stdin.unref();
}

if (import.meta.main) {
  const [, , file = '', folder = ''] = process.argv;
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  process.stdin.resume();
  await once(process.stdin, 'close').catch(() => {});
  await endLeftovers(file);
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
}
