import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newConfigDir, openclaw } from './run-openclaw.ts';

describe('openclaw config', () => {
  it('keeps the gateway where the documents say, under either name', async () => {
    const configDir = newConfigDir();
    const set = await openclaw(
      ['config', 'set', 'gateway_url', 'https://openclaw.example.com/engineering/'],
      { configDir },
    );
    expect(set.code).toBe(0);
    expect(await readFile(join(configDir, 'config.yaml'), 'utf8')).toBe(
      'gateway:\n  url: https://openclaw.example.com/engineering\n',
    );
    const get = await openclaw(['config', 'get', 'gateway.url'], { configDir });
    expect(get).toMatchObject({ code: 0, stdout: 'https://openclaw.example.com/engineering\n' });
  });

  it('keeps comments and other settings of the file', async () => {
    const configDir = newConfigDir();
    const path = join(configDir, 'config.yaml');
    await writeFile(
      path,
      '# mine\ngateway:\n  url: https://old.example # the old one\n  auth:\n    method: oidc\nother: 1\n',
    );
    await openclaw(['config', 'set', 'gateway.url', 'https://new.example'], { configDir });
    expect(await readFile(path, 'utf8')).toBe(
      '# mine\ngateway:\n  url: https://new.example # the old one\n  auth:\n    method: oidc\nother: 1\n',
    );
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('lets the environment go before the file and says which one spoke', async () => {
    const configDir = newConfigDir();
    await openclaw(['config', 'set', 'gateway_url', 'https://file.example'], { configDir });
    const all = await openclaw(['config', 'get', '--json'], { configDir, gateway: 'https://env.example' });
    expect(all.json()).toEqual({
      settings: [
        { name: 'gateway_url', value: 'https://env.example', source: 'OPENCLAW_GATEWAY_URL' },
        { name: 'auth_method', value: null, source: null },
        { name: 'ca_file', value: null, source: null },
      ],
    });
  });

  it.each([
    [['config', 'set', 'gateway', 'x'], 'There is no setting gateway.'],
    [['config', 'set', 'gateway_url', 'openclaw.example'], 'not a web address'],
    [['config', 'set', 'gateway_url', 'https://me:secret@openclaw.example'], 'not a web address'],
    [['config', 'set', 'gateway_url', 'http://openclaw.example'], 'anyone on the way could read your token'],
    [['config', 'set', 'auth_method', 'password'], 'the only method is oidc'],
  ])('refuses %j and keeps nothing', async (words, message) => {
    const configDir = newConfigDir();
    const ended = await openclaw(words, { configDir });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(message);
    await expect(readFile(join(configDir, 'config.yaml'))).rejects.toThrow('ENOENT');
  });

  it('says that a setting is missing, and how to set it', async () => {
    const ended = await openclaw(['config', 'get', 'auth_method'], { configDir: newConfigDir() });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('openclaw config set auth_method');
  });

  it.each([
    ['gateway: [unclosed', 'not valid YAML'],
    ['just text', 'has to be a mapping'],
    ['gateway:\n  url: 5', 'has to be a text'],
  ])('says what is wrong with a file that holds %j', async (content, message) => {
    const configDir = newConfigDir();
    await writeFile(join(configDir, 'config.yaml'), content);
    const ended = await openclaw(['status'], { configDir });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(message);
  });

  it('refuses an authentication method that it does not have, wherever it is set', async () => {
    const ended = await openclaw(['auth', 'whoami'], {
      configDir: newConfigDir(),
      gateway: 'https://openclaw.example',
      env: { OPENCLAW_AUTH_METHOD: 'basic' },
    });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('OPENCLAW_AUTH_METHOD');
  });
});
