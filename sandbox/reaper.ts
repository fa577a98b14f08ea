import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endLeftovers } from './children.ts';

/**
 * Starts a tiny process that outlives us: when our end of its pipe closes, however we ended, it ends the children
 * that are still on the list. After an orderly stop the list is empty and it just leaves.
 */
export function startReaper(childrenFile: string): { pid: number | undefined } {
  const reaper = spawn(process.execPath, [fileURLToPath(import.meta.url), childrenFile], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  reaper.on('error', () => {});
  reaper.unref();
  // The pipe must neither keep us alive nor be closed before we end.
  if (reaper.stdin && 'unref' in reaper.stdin && typeof reaper.stdin.unref === 'function')
    reaper.stdin.unref();
  return { pid: reaper.pid };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = process.argv[2] ?? '';
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  process.stdin.resume();
  process.stdin.on('error', () => {});
  process.stdin.once('close', () => void endLeftovers(file));
}
