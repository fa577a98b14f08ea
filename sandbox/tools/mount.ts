import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstLine, runProgram } from './run-program.ts';
import type { Tool } from './tool.ts';

/** The right to mount a disk in memory: root has it, and not even root in most containers. */
export const mountTool: Tool = {
  name: 'mount',
  variable: 'MOUNT',
  commands: ['mount'],
  check: async (path, env) => {
    const folder = mkdtempSync(join(tmpdir(), 'openclaw-mount-'));
    try {
      const mounted = await runProgram([path, '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { env });
      if (!mounted.ok) return { wrong: `it may not mount a disk in memory: ${firstLine(mounted.err)}` };
      await runProgram(['umount', '-l', folder], { env });
      return { version: 'a disk in memory' };
    } finally {
      rmdirSync(folder);
    }
  },
  ways: [],
  packages: {},
  byHand: 'run as root, on a machine that lets root mount',
};
