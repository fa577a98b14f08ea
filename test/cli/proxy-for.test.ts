import { describe, expect, it } from 'vitest';
import { proxyFor } from '#cli/proxy-for.ts';

const gateway = new URL('https://openclaw.company.com/engineering');
const addressFor = (env: Record<string, string>, url = gateway) => proxyFor(url, env)?.address;

describe('the proxy of a call', () => {
  it.each([
    [{}, undefined],
    [{ HTTPS_PROXY: 'http://one:3128' }, 'http://one:3128'],
    [{ https_proxy: 'http://one:3128', HTTPS_PROXY: 'http://two:3128' }, 'http://one:3128'],
    [{ HTTPS_PROXY: 'http://one:3128', HTTP_PROXY: 'http://two:3128' }, 'http://one:3128'],
    [{ HTTP_PROXY: 'http://two:3128' }, 'http://two:3128'],
    [{ http_proxy: 'http://three:3128' }, 'http://three:3128'],
    [{ HTTPS_PROXY: 'one:3128' }, 'http://one:3128'],
    [{ HTTPS_PROXY: 'https://one' }, 'https://one'],
    [{ HTTPS_PROXY: '', HTTP_PROXY: 'http://two:3128' }, undefined],
    [{ https_proxy: '', HTTPS_PROXY: 'http://one:3128' }, undefined],
  ])('by %j is %s', (env, address) => {
    expect(addressFor(env)).toBe(address);
  });

  it.each([
    ['http://127.0.0.1:8080'],
    ['http://localhost:8080'],
    ['https://localhost:8443'],
    ['http://[::1]:8080'],
    ['https://gateway.localhost'],
  ])('is none for %s, which is on this machine', (address) => {
    const env = { HTTPS_PROXY: 'http://one:3128', HTTP_PROXY: 'http://one:3128' };
    expect(addressFor(env, new URL(address))).toBeUndefined();
  });

  it.each([
    ['*', gateway.href],
    ['openclaw.company.com', gateway.href],
    ['company.com', gateway.href],
    ['.company.com', gateway.href],
    ['*.company.com', gateway.href],
    ['other.example, COMPANY.com', gateway.href],
    ['other.example company.com', gateway.href],
    ['company.com:443', gateway.href],
    ['openclaw.company.com:8443', 'https://openclaw.company.com:8443'],
    ['openclaw.company.com', 'https://openclaw.company.com.'],
    ['10.1.2.3', 'https://10.1.2.3'],
    ['10.0.0.0/8', 'https://10.1.2.3'],
    ['fd00::/8', 'https://[fd00::7]'],
    ['[fd00::7]:443', 'https://[fd00::7]'],
    ['fd00::7', 'https://[fd00::7]'],
  ])('is none where NO_PROXY is %s, for %s', (list, address) => {
    expect(addressFor({ HTTPS_PROXY: 'http://one:3128', NO_PROXY: list }, new URL(address))).toBeUndefined();
    expect(addressFor({ HTTPS_PROXY: 'http://one:3128', no_proxy: list }, new URL(address))).toBeUndefined();
  });

  it.each([
    ['', gateway.href],
    ['claw.company.com', gateway.href],
    ['ompany.com', gateway.href],
    ['company.com:8443', gateway.href],
    ['openclaw.company.com.evil.example', gateway.href],
    ['10.0.0.0/8', 'https://11.1.2.3'],
    ['10.0.0.0/8', 'https://10.example'],
    ['10.0.0.0/99', 'https://10.1.2.3'],
    ['1.2.3', 'https://10.1.2.3'],
    ['fd00::/8', 'https://10.1.2.3'],
  ])('stays where NO_PROXY is %j, for %s', (list, address) => {
    const env = { HTTPS_PROXY: 'http://one:3128', NO_PROXY: list };
    expect(addressFor(env, new URL(address))).toBe('http://one:3128');
  });

  it('carries name and password apart from its address, whatever characters they have', () => {
    const basic = (words: string) => `Basic ${Buffer.from(words).toString('base64')}`;
    const given = (address: string) => proxyFor(gateway, { HTTPS_PROXY: address });
    expect(given('http://me:p%40ss%3A%C3%A4@one:3128')).toEqual({
      address: 'http://one:3128',
      authorization: basic('me:p@ss:ä'),
      variable: 'HTTPS_PROXY',
    });
    expect(given('http://me@one:3128')?.authorization).toBe(basic('me:'));
    expect(given('http://me:100%@one:3128')?.authorization).toBe(basic('me:100%'));
  });

  it.each(['socks5://me:secret@one:1080', 'http://', 'http://me:secret@one:port', 'file:///etc/passwd'])(
    'is refused as %s, without repeating a password',
    (address) => {
      const refused = () => proxyFor(gateway, { HTTPS_PROXY: address });
      expect(refused).toThrow('HTTPS_PROXY is not the address of a proxy.');
      expect(refused).not.toThrow('secret');
    },
  );
});
