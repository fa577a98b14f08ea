import { openSync, renameSync, statSync } from 'node:fs';

const limitBytes = 20_000_000;

/**
 * Opens a log for appending; one that has grown large is renamed first, so that there are never more than two files.
 */
export function openLog(file: string): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > limitBytes) renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
}
