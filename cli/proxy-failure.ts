import { Failure } from './failure.ts';
import { certificateProblem, networkCode, networkFailure } from './network-failure.ts';
import type { Proxy } from './proxy-for.ts';

interface Attempt {
  proxy: Proxy;
  url: URL;
}

/** Codes of a connection that did not come about. With a proxy there is only the one to the proxy. */
const notConnected =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/;

/** Words for a call that ended at the proxy, which are never about its password; `undefined`: it failed behind it. */
export function proxyFailure(error: unknown, { proxy, url }: Attempt): Failure | undefined {
  const status = refusedWith(error);
  if (status !== undefined) {
    return new Failure(
      'unavailable',
      'proxy_refused',
      `The proxy at ${proxy.address} makes no connection to ${url.host}: it answered ${status}.`,
      { hint: hintFor(status, proxy), cause: error },
    );
  }
  const code = networkCode(error);
  const overTls = proxy.address.startsWith('https:');
  if (!notConnected.test(code) && !(overTls && certificateProblem.test(code))) return undefined;
  const { message, hint } = networkFailure(error, {
    name: 'the proxy',
    address: proxy.address,
    check: `Check ${proxy.variable}. What needs no proxy is named in NO_PROXY.`,
  });
  return new Failure('unavailable', 'proxy_unreachable', message, { hint, cause: error });
}

/** The proxy's answer to CONNECT, which undici tells in its message alone. */
function refusedWith(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const [, status] = /^Proxy response \((\d{3})\)/.exec(error.message) ?? [];
  return status === undefined ? refusedWith(error.cause) : Number(status);
}

function hintFor(status: number, { authorization, variable }: Proxy): string {
  if (status !== 407) return 'Ask whoever runs the proxy. What needs no proxy is named in NO_PROXY.';
  return authorization === undefined
    ? `It wants a name and a password: ${variable}=http://name:password@host:port.`
    : `It does not accept the name and the password in ${variable}.`;
}
