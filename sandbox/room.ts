import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** What a fresh PostgreSQL and the programs that are fetched take, and a little to work with. */
const leastMegabytes = 256;

/** Says in one line that a disk is full, rather than each part in its own words once it fails on it. */
export function refuseFullDisk(folder: string, free: (folder: string) => number = freeMegabytes): void {
  const megabytes = free(nearest(folder));
  if (megabytes >= leastMegabytes) return;
  throw new Error(
    `The disk of ${folder} is full: ${Math.floor(megabytes)} MB are free, and at least ${leastMegabytes} are needed.`,
  );
}

function nearest(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder));
}

function freeMegabytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return (bavail * bsize) / 2 ** 20;
}
