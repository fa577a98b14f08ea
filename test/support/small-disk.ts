import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toolPath } from './tools.ts';

const run = promisify(execFile);

/** A disk of its own in memory, of a few megabytes, for tests that are `needing('mount')`. */
export interface SmallDisk {
  path: string;
  /** Takes whatever is free. */
  fill(): Promise<void>;
  /** Gives it back. */
  empty(): void;
  close(): Promise<void>;
}

export async function mountSmallDisk(path: string, megabytes: number): Promise<SmallDisk> {
  mkdirSync(path, { recursive: true });
  await run(toolPath('mount'), ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'tmpfs', path]);
  const ballast = join(path, 'ballast');
  return {
    path,
    async fill() {
      writeFileSync(ballast, '');
      const file = await open(ballast, 'a');
      try {
        for (let size = 1 << 20; size >= 512; ) {
          const wrote = await file.write(Buffer.alloc(size)).catch(() => ({ bytesWritten: 0 }));
          if (wrote.bytesWritten < size) size >>= 1;
        }
      } finally {
        await file.close();
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    close: async () => {
      await run('umount', ['-l', path]);
    },
  };
}
