import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkout } from '#sandbox/checkout.ts';
import { createChildren, endLeftovers } from '#sandbox/children.ts';
import { takeLock } from '#sandbox/lock.ts';
import { identityOf, isStill } from '#sandbox/process-identity.ts';
import { type ProcessSpec, type Supervised, supervise } from '#sandbox/supervise.ts';
import { patience } from '../support/patience.ts';

let folder: string;
let childrenFile: string;
const running: Supervised[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openclaw-supervise-'));
  childrenFile = join(folder, 'children.json');
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.kill9()));
  rmSync(folder, { recursive: true, force: true });
});

/** Writes a file when it runs, and waits for ever. */
function spec(name: string, script: string): ProcessSpec {
  return {
    name,
    command: process.execPath,
    args: ['-e', `require('fs').appendFileSync(${JSON.stringify(join(folder, name))}, 'x'); ${script}`],
    env: { PATH: process.env['PATH'] },
    logFile: join(folder, `${name}.log`),
    ready: async () => {
      if (!existsSync(join(folder, name))) throw new Error('not yet');
    },
  };
}

async function start(about: ProcessSpec, restart: boolean, said: string[] = []): Promise<Supervised> {
  const children = createChildren(childrenFile);
  const one = await supervise(about, { children, restart, say: (line) => said.push(line) });
  running.push(one);
  return one;
}

const forEver = 'setInterval(() => {}, 1000)';
const remembered = () =>
  JSON.parse(readFileSync(childrenFile, 'utf8')).map(({ name }: { name: string }) => name);

describe('the list of children', () => {
  it('is no reason to fall when its folder was deleted under a running stack', () => {
    const children = createChildren(childrenFile);
    children.remember({ pid: process.pid, name: 'this one', stopSignal: 'SIGTERM' });
    rmSync(folder, { recursive: true });
    children.forget(process.pid);
    expect(existsSync(childrenFile)).toBe(false);
  });
});

describe('a supervised process', () => {
  it('is written down while it runs, and stops when told to', async () => {
    const one = await start(spec('one', forEver), true);
    expect(remembered()).toEqual(['one']);
    const pid = one.pid ?? 0;
    await one.stop();
    expect(identityOf(pid)).toBeUndefined();
    expect(remembered()).toEqual([]);
    expect(one.pid).toBeUndefined();
  });

  it('comes back after kill -9, and says so', async () => {
    const said: string[] = [];
    const one = await start(spec('one', forEver), true, said);
    const first = one.pid ?? 0;
    process.kill(first, 'SIGKILL');
    await expect.poll(() => said.length, patience).toBe(2);
    expect(said[0]).toBe('one ended (SIGKILL); starting it again');
    expect(one.pid).toBeDefined();
    expect(one.pid).not.toBe(first);
  });

  it('stays down after kill -9 by a test, until that starts it', async () => {
    const one = await start(spec('one', forEver), true);
    await one.kill9();
    expect(one.pid).toBeUndefined();
    await one.start();
    expect(isStill(one.pid ?? 0, identityOf(one.pid ?? 0) ?? '')).toBe(true);
    await expect.poll(() => readFileSync(join(folder, 'one'), 'utf8'), patience).toBe('xx');
  });

  it('is killed when it does not stop in time', async () => {
    const stubborn = { ...spec('one', `process.on('SIGTERM', () => {}); ${forEver}`), stopLimitMs: 300 };
    const one = await start(stubborn, false);
    const pid = one.pid ?? 0;
    await one.stop();
    expect(identityOf(pid)).toBeUndefined();
  });

  it('fails its start with the end of its log when it ends before it is ready', async () => {
    const broken: ProcessSpec = {
      ...spec('one', "console.error('no such thing'); process.exit(3)"),
      ready: () => Promise.reject(new Error('never')),
    };
    await expect(start(broken, true)).rejects.toThrow(/one ended \(exit code 3\)[\s\S]*no such thing/);
    expect(remembered()).toEqual([]);
  });
});

describe('what a crash leaves running', () => {
  it('is ended by the next start', async () => {
    const one = await start(spec('one', forEver), false);
    const pid = one.pid ?? 0;
    expect(await endLeftovers(childrenFile)).toEqual(['one']);
    expect(identityOf(pid)).toBeUndefined();
  });

  it('is ended by the reaper when we are killed', async () => {
    const script = `
      import { createChildren } from '#sandbox/children.ts';
      import { startReaper } from '#sandbox/reaper.ts';
      import { supervise } from '#sandbox/supervise.ts';
      const [file, gone, about] = JSON.parse(process.env.ABOUT);
      startReaper(file, gone);
      const spec = { ...about, ready: async () => {} };
      const one = await supervise(spec, { children: createChildren(file), restart: true, say() {} });
      console.log(one.pid);
      setInterval(() => {}, 1000);`;
    const temporary = join(folder, 'temporary');
    mkdirSync(temporary);
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: checkout,
      env: { ...process.env, ABOUT: JSON.stringify([childrenFile, temporary, spec('one', forEver)]) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(owner.stdout, 'data');
    const pid = Number(String(line));
    expect(identityOf(pid)).toBeDefined();
    owner.kill('SIGKILL');
    await expect.poll(() => identityOf(pid), patience).toBeUndefined();
    await expect.poll(() => existsSync(temporary), patience).toBe(false);
  });

  it('is left alone when the process id belongs to somebody else by now', async () => {
    const innocent = spawn(process.execPath, ['-e', forEver], { stdio: 'ignore' });
    try {
      const pid = innocent.pid ?? 0;
      const other = [{ pid, identity: 'another boot/1', name: 'one', stopSignal: 'SIGKILL' }];
      writeFileSync(childrenFile, JSON.stringify(other));
      expect(await endLeftovers(childrenFile)).toEqual([]);
      expect(identityOf(pid)).toBeDefined();
    } finally {
      innocent.kill('SIGKILL');
    }
  });
});

describe('the lock of a data folder', () => {
  it('is held by one process at a time, and free again after its release', () => {
    const file = join(folder, 'lock');
    const lock = takeLock(file);
    expect(takeLock(file)).toEqual({ lockedBy: process.pid });
    if ('release' in lock) lock.release();
    expect(takeLock(file)).toHaveProperty('release');
  });

  it('counts for nothing when its holder is gone', () => {
    const file = join(folder, 'lock');
    writeFileSync(file, `${process.pid} another boot/1\n`);
    expect(takeLock(file)).toHaveProperty('release');
  });
});
