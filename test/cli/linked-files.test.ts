import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { chmod, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { writeAtomically } from '#cli/write-atomically.ts';
import { newConfigDir, openclaw } from './run-openclaw.ts';

/** A configuration folder whose `config.yaml` leads to `target`. */
function linked(target: string) {
  const configDir = newConfigDir();
  const link = join(configDir, 'config.yaml');
  mkdirSync(join(configDir, 'dotfiles'));
  symlinkSync(target, link);
  const set = () => openclaw(['config', 'set', 'gateway_url', 'https://new.example'], { configDir });
  return { configDir, link, set };
}

describe('a configuration file that is a link', () => {
  it('stays one; the file that it leads to is written, as a whole, in its own folder', async () => {
    const { configDir, link, set } = linked('dotfiles/first.yaml');
    const file = join(configDir, 'dotfiles/openclaw.yaml');
    symlinkSync('openclaw.yaml', join(configDir, 'dotfiles/first.yaml'));
    writeFileSync(file, '# mine\nother: 1\n');
    expect(await set()).toMatchObject({ code: 0, stderr: '' });
    expect(readlinkSync(link)).toBe('dotfiles/first.yaml');
    expect(readlinkSync(join(configDir, 'dotfiles/first.yaml'))).toBe('openclaw.yaml');
    expect(readFileSync(file, 'utf8')).toBe('# mine\nother: 1\ngateway:\n  url: https://new.example\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await readdir(join(configDir, 'dotfiles'))).toEqual(['first.yaml', 'openclaw.yaml']);
    const get = await openclaw(['config', 'get', 'gateway_url'], { configDir });
    expect(get.stdout).toBe('https://new.example\n');
  });

  it('may lie in a folder that is a link', async () => {
    const { configDir } = linked('dotfiles/openclaw.yaml');
    const folder = join(configDir, 'linked');
    symlinkSync('dotfiles', folder);
    const words = ['config', 'set', 'gateway_url', 'https://new.example'];
    expect((await openclaw(words, { configDir: folder })).code).toBe(0);
    expect(readlinkSync(folder)).toBe('dotfiles');
    expect(readFileSync(join(configDir, 'dotfiles/config.yaml'), 'utf8')).toContain('https://new.example');
  });

  it('to nowhere is told, by reading and by writing, and nothing is made there', async () => {
    const { configDir, link, set } = linked('dotfiles/gone.yaml');
    for (const ended of [await set(), await openclaw(['status'], { configDir })]) {
      expect(ended).toMatchObject({ code: 2, stdout: '' });
      expect(ended.stderr).toContain(`${link} is a link to dotfiles/gone.yaml, which is not there.`);
    }
    expect(await readdir(join(configDir, 'dotfiles'))).toEqual([]);
  });

  it('to itself is told', async () => {
    const { link, set } = linked('config.yaml');
    const ended = await set();
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(`${link} is a link that leads back to itself.`);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });

  it('to a device is told, and the device stays', async () => {
    const { link, set } = linked('/dev/null');
    const ended = await set();
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toBe(`/dev/null, where ${link} leads, cannot be written: it is not a file.\n`);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('to a folder where nothing can be written is told by both places', async () => {
    const folder = newConfigDir();
    writeFileSync(join(folder, 'openclaw.yaml'), '');
    await chmod(folder, 0o500);
    onTestFinished(() => chmod(folder, 0o700));
    // Root may write into every folder but the kernel's.
    const file = process.getuid?.() === 0 ? '/proc/version' : join(folder, 'openclaw.yaml');
    const { link } = linked(file);
    await expect(writeAtomically(link, 'text')).rejects.toMatchObject({
      code: 'not_written',
      message: expect.stringContaining(`${file}, where ${link} leads, cannot be written: E`),
    });
    expect(readlinkSync(link)).toBe(file);
  });
});
