import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkout } from '#sandbox/checkout.ts';
import { patience } from '../support/patience.ts';

let folder: string;
let dataDir: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'openclaw-commands-'));
  // PostgreSQL runs as somebody else where we are root.
  chmodSync(folder, 0o755);
  dataDir = join(folder, 'data');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(command: string, ...given: readonly string[]) {
  const env = { ...process.env, OPENCLAW_DATA_DIR: dataDir };
  const child = spawn(process.execPath, [`sandbox/${command}.ts`, ...given], { cwd: checkout, env });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  return { child, said, ended: codeOf(child) };
}

async function codeOf(child: ChildProcess): Promise<number | null> {
  await once(child, 'close');
  return child.exitCode;
}

describe.each(['main', 'demo'])('sandbox/%s.ts', (command) => {
  it('says how it is used, and starts nothing', async () => {
    const { said, ended } = run(command, '--help');
    expect(await ended).toBe(0);
    expect(said.out).toMatch(/^npm (start|run demo): /);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses an argument that it does not know, in a sentence', async () => {
    const { said, ended } = run(command, '--hlep');
    expect(await ended).toBe(2);
    expect(said).toEqual({
      out: '',
      err: 'There is no argument --hlep: this command takes none but --help.\n',
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the demo', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends the stack that it started when it is told to stop by %s', async (signal, code) => {
    const { child, said, ended } = run('demo');
    try {
      // The stack holds its folder from its first moment on, and lets go of it at its end.
      const lock = join(dataDir, 'lock');
      await expect.poll(() => existsSync(lock), patience).toBe(true);
      const pid = Number(readFileSync(lock, 'utf8').split(' ')[0]);
      expect(pid).not.toBe(child.pid);
      child.kill(signal);
      expect(await ended).toBe(code);
      expect(said.err).toBe('');
      expect(existsSync(lock)).toBe(false);
      expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    } finally {
      child.kill('SIGTERM');
    }
  });
});
