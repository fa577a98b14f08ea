import { BlockList, isIP } from 'node:net';
import { usageFailure } from './failure.ts';
import { isLoopback } from './loopback.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface Proxy {
  /** Without name and password: fit to be shown. */
  address: string;
  /** For the `Proxy-Authorization` header, where the address holds a name. */
  authorization: string | undefined;
  /** The variable that named it. */
  variable: string;
}

// As curl, npm and undici read them: the lower case goes first, and an empty one means none.
const variables = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'];

/**
 * The proxy for calls to `url`, as HTTPS_PROXY, HTTP_PROXY and NO_PROXY say; `undefined` when there is none.
 * What is on this machine never goes through one: a proxy's loopback is another machine's, and tokens go there without TLS.
 */
export function proxyFor(url: URL, env: Env): Proxy | undefined {
  const variable = variables.find((name) => env[name] !== undefined);
  const given = variable === undefined ? undefined : env[variable]?.trim();
  if (variable === undefined || !given || isLoopback(url)) return undefined;
  if (isExcepted(url, env['no_proxy'] ?? env['NO_PROXY'] ?? '')) return undefined;
  const text = given.includes('://') ? given : `http://${given}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  // The value may hold a password, so it isn't repeated.
  if (!proxy || !/^https?:$/.test(proxy.protocol) || !proxy.hostname) {
    throw usageFailure(
      `${variable} is not the address of a proxy.`,
      'Expected http://host:port, https://host:port or http://name:password@host:port.',
    );
  }
  return { address: proxy.origin, authorization: authorizationOf(proxy), variable };
}

function authorizationOf({ username, password }: URL): string | undefined {
  if (!username) return undefined;
  const words = `${plain(username)}:${plain(password)}`;
  return `Basic ${Buffer.from(words).toString('base64')}`;
}

/** A `%` that begins no escape is one of the password. */
function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** NO_PROXY: names with all names below them, addresses, networks (10.0.0.0/8), each with a port where wanted; `*` is everything. */
function isExcepted(url: URL, list: string): boolean {
  const host = bare(url.hostname);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const { groups } = /^(?<name>\[.+\]|[^:]+)(?::(?<port>\d+))?$/.exec(entry) ?? {};
      const name = bare((groups?.['name'] ?? entry).replace(/^\*?\./, ''));
      if (groups?.['port'] !== undefined && groups['port'] !== port) return false;
      return host === name || (isIP(host) === 0 ? host.endsWith(`.${name}`) : isInNetwork(host, name));
    });
}

/** As `URL` writes a host, but without brackets and the dot of a full name. */
function bare(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

function isInNetwork(host: string, entry: string): boolean {
  const [network = '', bits = ''] = entry.split('/');
  const kind = isIP(network);
  if (kind === 0 || kind !== isIP(host)) return false;
  const most = kind === 4 ? 32 : 128;
  const length = bits === '' ? most : Number(bits);
  if (!Number.isInteger(length) || length < 0 || length > most) return false;
  const family = kind === 4 ? 'ipv4' : 'ipv6';
  const networks = new BlockList();
  networks.addSubnet(network, length, family);
  return networks.check(host, family);
}
