import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkout } from '#sandbox/checkout.ts';
import { refuseFullDisk } from '#sandbox/room.ts';
import { needing } from '../support/needing.ts';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { missingTools } from '../support/tools.ts';

describe('a disk', () => {
  it.each([0, 3.7, 255.9])('with %d MB left is full', (megabytes) => {
    expect(() => refuseFullDisk('/data', () => megabytes)).toThrow(
      `The disk of /data is full: ${Math.floor(megabytes)} MB are free, and at least 256 are needed.`,
    );
  });

  it.each([256, 1e9])('with %d MB left is not', (megabytes) => {
    refuseFullDisk('/data', () => megabytes);
  });

  it('is that of the nearest folder that is there', () => {
    const asked: string[] = [];
    refuseFullDisk(join(tmpdir(), 'not', 'yet'), (folder) => asked.push(folder) * 1_000);
    expect(asked).toEqual([tmpdir()]);
  });
});

needing('mount')('on a full disk', () => {
  let folder: string;
  let disk: SmallDisk;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'openclaw-room-'));
    chmodSync(folder, 0o755);
    disk = await mountSmallDisk(join(folder, 'disk'), 4);
    await disk.fill();
  });
  afterAll(async () => {
    await disk?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['test/run.ts', 'OPENCLAW_DATA_DIR'],
    ['test/run.ts', 'TMPDIR'],
    ['sandbox/main.ts', 'OPENCLAW_DATA_DIR'],
  ])('%s says so in one line, where %s is there', async (command, variable) => {
    const path = variable === 'TMPDIR' ? disk.path : join(disk.path, 'data');
    const env = { ...process.env, [variable]: path };
    // As if nobody had looked for the tools yet.
    delete env[missingTools];
    const { code, out, err } = await run(command, env);
    expect({ code, out, err }).toEqual({
      code: 1,
      out: '',
      err: `The disk of ${path} is full: 0 MB are free, and at least 256 are needed.\n`,
    });
  });
});

function run(command: string, env: NodeJS.ProcessEnv) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, [command], { cwd: checkout, env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}
