import { readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { parse } from 'acorn';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { getUserinfo } from '#domain/person/calls.ts';
import { freePort } from '#sandbox/free-port.ts';
import { newAuthority } from '../support/certificates.ts';
import { machinePath, nodesHere, type PackedCli, packCli } from '../support/packed-cli.ts';
import { startProxy } from '../support/proxy.ts';
import { alice } from './recorded-answers.ts';
import { on, startRecordedGateway } from './recorded-gateway.ts';
import { newConfigDir, openclaw } from './run-openclaw.ts';

const root = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const nodes = await nodesHere();

let packed: PackedCli;
beforeAll(async () => {
  packed = await packCli();
});
afterAll(() => packed.remove());

const read = (file: string) => readFileSync(join(packed.folder, file), 'utf8');

describe('the packed command line', () => {
  it('is under 2 MB, packed and unpacked', () => {
    expect(packed.size).toBeLessThan(2_000_000);
    expect(packed.unpackedSize).toBeLessThan(2_000_000);
  });

  it('holds the command line alone: one file of code behind a launcher, and no dependencies', () => {
    expect(packed.files.map(({ path }) => path).toSorted()).toEqual([
      'LICENSE',
      'README.md',
      'THIRD-PARTY-LICENSES.md',
      'bin/openclaw.js',
      'lib/openclaw.cjs',
      'package.json',
    ]);
    expect(JSON.parse(read('package.json'))).toEqual({
      name: 'openclaw-enterprise-cli',
      version: root.version,
      description: expect.any(String),
      license: root.license,
      bin: { openclaw: 'bin/openclaw.js' },
      engines: { node: '>=20' },
    });
  });

  it('loads nothing but what Node itself has', () => {
    const asked = [...read('lib/openclaw.cjs').matchAll(/\b(?:require|import)\((["'`])([^"'`]+)\1\)/g)];
    const names = new Set(asked.map(([, , name = '']) => name));
    expect(names.size).toBeGreaterThan(10);
    expect([...names].filter((name) => !isBuiltin(name))).toEqual([]);
  });

  it('brings the licence of everything that is bundled, and of no server part', () => {
    const parts = read('THIRD-PARTY-LICENSES.md').split(/^## /m).slice(1);
    const names = parts.map((part) => part.split(' - ')[0]);
    expect(names).toEqual(expect.arrayContaining(['commander', 'openid-client', 'undici', 'yaml', 'zod']));
    expect(names.filter((name) => /fastify|temporal|^pg$|kysely|ioredis|octokit/.test(name ?? ''))).toEqual(
      [],
    );
    expect(
      parts.filter((part) => !/permission|licen[sc]e/i.test(part.split('\n').slice(1).join('\n'))),
    ).toEqual([]);
  });

  it('starts with words that any Node can read', () => {
    const launcher = read('bin/openclaw.js');
    expect(() =>
      parse(launcher, { ecmaVersion: 5, sourceType: 'script', allowHashBang: true }),
    ).not.toThrow();
    expect(() => parse('const a = 1;', { ecmaVersion: 5 })).toThrow();
    expect(launcher.startsWith('#!/usr/bin/env node\n')).toBe(true);
  });

  it.each(['18.20.8', '16.20.2', '8.17.0', '0.12.18'])(
    'tells Node %s in one line that it is too old',
    async (version) => {
      const [node = { version: '', path: machinePath }] = nodes;
      const configDir = newConfigDir();
      const faked = join(configDir, 'old.cjs');
      writeFileSync(
        faked,
        `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
      );
      const ended = await openclaw(['--version'], {
        configDir,
        env: { NODE_OPTIONS: `--require ${faked}` },
        installed: { openclaw: join(packed.folder, 'bin/openclaw.js'), path: node.path },
      });
      expect(ended).toMatchObject({ code: 2, stdout: '' });
      expect(ended.stderr).toBe(`openclaw needs Node 20 or later; this is Node ${version}.\n`);
    },
  );
});

describe.each(nodes)('npm install -g of it, under Node $version', (node) => {
  let installed: { openclaw: string; path: string };
  beforeAll(async () => {
    installed = { openclaw: await packed.install(node), path: node.path };
  });

  it('works without a network, and openclaw is there', async () => {
    const run = { configDir: newConfigDir(), installed };
    expect(await openclaw(['--version'], run)).toMatchObject({
      code: 0,
      stdout: `${root.version}\n`,
      stderr: '',
    });
    const here = await openclaw(['--help'], { configDir: newConfigDir() });
    expect(await openclaw(['--help'], run)).toMatchObject({ code: 0, stdout: here.stdout });
  });

  it('goes through a proxy, to a gateway of a company certificate authority', async () => {
    const authority = newAuthority('Company');
    const port = await freePort();
    const gateway = await startRecordedGateway({ [on(getUserinfo)]: { body: alice } }, '', {
      tls: authority.issue({ name: 'gateway', hosts: ['gateway.test'] }),
      port,
    });
    const proxy = await startProxy({ wants: 'me:secret' });
    onTestFinished(async () => {
      await gateway.close();
      await proxy.close();
    });
    const configDir = newConfigDir();
    const caFile = join(configDir, 'company.pem');
    writeFileSync(caFile, authority.pem);
    const whoami = (env: Record<string, string>) =>
      openclaw(['auth', 'whoami'], {
        configDir,
        installed,
        gateway: `https://gateway.test:${port}`,
        token: 'of-alice',
        env: { HTTPS_PROXY: `http://me:secret@${proxy.host}`, ...env },
      });
    expect(await whoami({ OPENCLAW_CA_FILE: caFile })).toMatchObject({ code: 0, stderr: '' });
    expect(await whoami({ NODE_EXTRA_CA_CERTS: caFile })).toMatchObject({ code: 0, stderr: '' });
    const stranger = await whoami({ NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    expect(stranger.code).toBe(5);
    expect(stranger.stderr).toContain('openclaw config set ca_file');
    expect(gateway.calls).toHaveLength(2);
  });
});
