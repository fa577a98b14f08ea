import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toolPath } from './tools.ts';

/** A clock that jumps, for processes that are started with `env`, in tests that are `needing('faketime')`. */
export interface FakeClock {
  env: Readonly<Record<string, string>>;
  /** So many seconds before or after the real time, from now on. */
  jump(seconds: number): void;
  close(): void;
}

export function createFakeClock(): FakeClock {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-clock-'));
  const offset = join(folder, 'offset');
  const jump = (seconds: number) => writeFileSync(offset, `${seconds < 0 ? '' : '+'}${seconds}`);
  jump(0);
  // The server of the database runs as another user.
  chmodSync(folder, 0o755);
  return {
    env: {
      LD_PRELOAD: toolPath('faketime'),
      FAKETIME_TIMESTAMP_FILE: offset,
      FAKETIME_NO_CACHE: '1',
      // Without it timers stand still when time goes back.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    jump,
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
