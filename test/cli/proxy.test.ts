import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { getAuthConfig, getUserinfo } from '#domain/person/calls.ts';
import { freePort } from '#sandbox/free-port.ts';
import { newAuthority } from '../support/certificates.ts';
import { startProxy } from '../support/proxy.ts';
import { type Recorded } from '../support/recorded-gateway.ts';
import { alice } from './recorded-answers.ts';
import { on, startRecordedGateway } from './recorded-gateway.ts';
import { newConfigDir, openclaw } from './run-openclaw.ts';

const authority = newAuthority('Company');
/** Names that no resolver of ours knows: who reaches them went through the proxy. */
const tls = authority.issue({ name: 'gateway', hosts: ['gateway.test', 'login.test', 'localhost'] });

interface Scene {
  proxy?: Parameters<typeof startProxy>[0];
  replies?: (port: number) => Readonly<Record<string, Recorded>>;
}

async function scene({ proxy: options = {}, replies }: Scene = {}) {
  const proxy = await startProxy(options);
  const port = await freePort();
  const gateway = await startRecordedGateway({ [on(getUserinfo)]: { body: alice }, ...replies?.(port) }, '', {
    tls,
    port,
  });
  onTestFinished(async () => {
    await gateway.close();
    await proxy.close();
  });
  const configDir = newConfigDir();
  const caFile = join(configDir, 'company.pem');
  writeFileSync(caFile, authority.pem);
  const target = `gateway.test:${port}`;
  const run = (env: Record<string, string>, words: readonly string[] = ['auth', 'whoami']) =>
    openclaw(words, {
      configDir,
      gateway: `https://${target}`,
      token: 'of-alice',
      env: { OPENCLAW_CA_FILE: caFile, ...env },
    });
  return { proxy, gateway, target, port, run };
}

describe('openclaw behind a proxy', () => {
  it.each(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'])(
    'calls through %s',
    async (variable) => {
      const { proxy, gateway, target, run } = await scene();
      const ended = await run({ [variable]: `http://${proxy.host}` });
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(ended.stdout).toContain('alice@company.com');
      expect(proxy.seen).toEqual([{ line: `CONNECT ${target}`, authorization: undefined }]);
      expect(gateway.calls.map(({ headers }) => headers.authorization)).toEqual(['Bearer of-alice']);
    },
  );

  it('gives name and password to the proxy, and to nobody behind it', async () => {
    const { proxy, gateway, run } = await scene({ proxy: { wants: 'me:p@ss' } });
    const ended = await run({ HTTPS_PROXY: `http://me:p%40ss@${proxy.host}` });
    expect(ended.code).toBe(0);
    expect(JSON.stringify(gateway.calls[0]?.headers)).not.toContain('proxy');
  });

  it('calls through a proxy that speaks TLS itself', async () => {
    const { proxy, target, run } = await scene({ proxy: { tls } });
    expect((await run({ HTTPS_PROXY: `https://${proxy.host}` })).code).toBe(0);
    expect(proxy.seen.map(({ line }) => line)).toEqual([`CONNECT ${target}`]);
    const stranger = await run({ HTTPS_PROXY: `https://${proxy.host}`, OPENCLAW_CA_FILE: '' });
    expect(stranger.code).toBe(5);
    expect(stranger.stderr).toContain(
      `The TLS certificate of the proxy at https://${proxy.host} is not trusted`,
    );
  });

  it('signs in through it too', async () => {
    const { proxy, target, port, run } = await scene({
      replies: (port) => ({
        [on(getAuthConfig)]: {
          body: {
            issuer: `https://login.test:${port}`,
            cli_client_id: 'openclaw-cli',
            audience: 'openclaw',
            scopes: 'openid',
          },
        },
      }),
    });
    const ended = await run({ HTTPS_PROXY: `http://${proxy.host}` }, ['auth', 'login', '--no-browser']);
    // What answers there is no provider; that it was asked is what counts here.
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(`https://login.test:${port} does not answer as an OpenID provider`);
    expect(proxy.seen.map(({ line }) => line)).toEqual([`CONNECT ${target}`, `CONNECT login.test:${port}`]);
  });

  it('leaves out what NO_PROXY names', async () => {
    const { proxy, run } = await scene();
    const ended = await run({ HTTPS_PROXY: `http://${proxy.host}`, NO_PROXY: 'other.example, .test' });
    expect(ended.code).toBe(5);
    expect(ended.stderr).toContain('cannot be resolved');
    expect(proxy.seen).toEqual([]);
  });

  it('never sends a call to this machine elsewhere, since it may go without TLS', async () => {
    const gateway = await startRecordedGateway({ [on(getUserinfo)]: { body: alice } });
    onTestFinished(() => gateway.close());
    const { proxy } = await scene();
    const ended = await openclaw(['auth', 'whoami'], {
      configDir: newConfigDir(),
      gateway: gateway.url,
      token: 'of-alice',
      env: { HTTP_PROXY: `http://${proxy.host}`, HTTPS_PROXY: `http://${proxy.host}` },
    });
    expect(ended.code).toBe(0);
    expect(proxy.seen).toEqual([]);
  });

  it.each([
    ['', 'It wants a name and a password: HTTPS_PROXY=http://name:password@host:port.'],
    ['me:wr0ng@', 'It does not accept the name and the password in HTTPS_PROXY.'],
  ])('says that it refuses %j, without the password', async (given, hint) => {
    const { proxy, target, run } = await scene({ proxy: { wants: 'me:right' } });
    const ended = await run({ HTTPS_PROXY: `http://${given}${proxy.host}` });
    expect(ended).toMatchObject({ code: 5, stdout: '' });
    expect(ended.stderr).toBe(
      `The proxy at http://${proxy.host} makes no connection to ${target}: it answered 407.\n${hint}\n`,
    );
    const forScripts = await run({ HTTPS_PROXY: `http://${given}${proxy.host}` }, [
      'auth',
      'whoami',
      '--json',
    ]);
    expect(JSON.parse(forScripts.stderr)).toMatchObject({ error: 'proxy_refused', hint });
  });

  it.each([403, 502])('says that it answers %i instead of connecting', async (status) => {
    const { proxy, target, run } = await scene({ proxy: { refuseWith: status } });
    const ended = await run({ HTTPS_PROXY: `http://${proxy.host}` });
    expect(ended.code).toBe(5);
    expect(ended.stderr).toContain(`makes no connection to ${target}: it answered ${status}.`);
    expect(ended.stderr).toContain('NO_PROXY');
  });

  it('says that it is away, without its password', async () => {
    const { run } = await scene();
    const away = `127.0.0.1:${await freePort()}`;
    const ended = await run({ HTTPS_PROXY: `http://me:secret@${away}` }, ['auth', 'whoami', '--json']);
    expect(ended.code).toBe(5);
    expect(JSON.parse(ended.stderr)).toMatchObject({
      error: 'proxy_unreachable',
      message: `Connection refused by the proxy at http://${away}.`,
      hint: 'Check HTTPS_PROXY. What needs no proxy is named in NO_PROXY.',
    });
    const unknown = await run({ HTTPS_PROXY: 'http://proxy.invalid:3128' });
    expect(unknown.stderr).toContain(
      'The name of the proxy at http://proxy.invalid:3128 cannot be resolved.',
    );
  });

  it('refuses what is no proxy before anything is sent', async () => {
    const { run, gateway } = await scene();
    const ended = await run({ HTTPS_PROXY: 'socks5://me:secret@127.0.0.1:1080' });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('HTTPS_PROXY is not the address of a proxy.');
    expect(ended.stderr).not.toContain('secret');
    expect(gateway.calls).toEqual([]);
  });
});
