import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseDataDir, openDataDir } from '#sandbox/data-dir.ts';

let home: string;
const stranger = { name: 'stranger', uid: 61_234, gid: 61_234 };

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'openclaw-home-'));
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

const choose = (env: NodeJS.ProcessEnv, checkout = '/somewhere/openclaw') =>
  chooseDataDir({ env, checkout, home, databaseUser: undefined });

describe('the data folder', () => {
  it('lies with the user’s other data, one for each checkout', () => {
    const one = choose({});
    const two = choose({}, '/elsewhere/openclaw');
    expect(one).toMatch(new RegExp(`^${home}/\\.local/share/openclaw-enterprise/[0-9a-f]{12}$`));
    expect(two).not.toBe(one);
    expect(choose({})).toBe(one);
  });

  it('follows XDG_DATA_HOME, unless that is relative', () => {
    expect(choose({ XDG_DATA_HOME: '/data' })).toMatch(/^\/data\/openclaw-enterprise\//);
    expect(choose({ XDG_DATA_HOME: 'data' })).toBe(choose({}));
  });

  it('is what OPENCLAW_DATA_DIR says, relative to the checkout', () => {
    expect(choose({ OPENCLAW_DATA_DIR: '/data/mine' })).toBe('/data/mine');
    expect(choose({ OPENCLAW_DATA_DIR: '.openclaw' })).toBe('/somewhere/openclaw/.openclaw');
  });

  it('avoids a closed home when PostgreSQL has to run as somebody else', () => {
    chmodSync(home, 0o700);
    const asRoot = (env: NodeJS.ProcessEnv) =>
      chooseDataDir({ env, checkout: '/somewhere/openclaw', home, databaseUser: stranger });
    expect(asRoot({})).toMatch(/^\/var\/lib\/openclaw-enterprise\/[0-9a-f]{12}$/);
    expect(() => asRoot({ OPENCLAW_DATA_DIR: join(home, 'mine') })).toThrow(`who may not enter ${home}`);
    chmodSync(home, 0o755);
    expect(asRoot({})).toMatch(new RegExp(`^${home}/`));
  });

  it('is closed to others, but lets PostgreSQL’s user pass through when that is another one', () => {
    const mine = join(home, 'mine');
    openDataDir(mine, undefined);
    expect(statSync(mine).mode & 0o777).toBe(0o700);
    openDataDir(mine, stranger);
    expect(statSync(mine).mode & 0o777).toBe(0o711);
    for (const inner of ['keys', 'logs', 'secrets']) {
      expect(statSync(join(mine, inner)).mode & 0o777).toBe(0o700);
    }
    mkdirSync(join(mine, 'postgres'));
    openDataDir(mine, undefined);
    expect(statSync(mine).mode & 0o777).toBe(0o700);
  });
});
