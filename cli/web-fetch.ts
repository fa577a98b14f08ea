import tls from 'node:tls';
import type { CustomFetch } from 'openid-client';
import type { Dispatcher } from 'undici';
import { proxyFailure } from './proxy-failure.ts';
import { type Proxy, proxyFor } from './proxy-for.ts';
import { readSetting, type SettingsSource } from './settings.ts';
import { trustedAuthorities } from './trusted-authorities.ts';

/** No redirect is followed: it means a wrong address, and must not carry a token elsewhere. */
export type WebFetch = CustomFetch;

/**
 * `fetch` for every call of the command line: through the proxy that the environment names, and with the certificate
 * authorities that are set. One mechanism for all Nodes: before 24 Node's own `fetch` knows no proxy.
 * Certificates are always checked, whatever NODE_TLS_REJECT_UNAUTHORIZED says: a token is on its way.
 */
export function createWebFetch(settings: SettingsSource): WebFetch {
  const routes = new Map<string, Promise<Dispatcher>>();
  let trust: Promise<TlsOptions> | undefined;

  function route(url: URL, proxy: Proxy | undefined): Promise<Dispatcher> {
    const secure = url.protocol === 'https:';
    const key = `${secure} ${proxy?.address ?? ''}`;
    const known = routes.get(key);
    if (known) return known;
    trust ??= secure ? tlsOptions(settings) : undefined;
    const made = openRoute(proxy, secure ? trust : undefined);
    routes.set(key, made);
    return made;
  }

  return async (address, { body, signal, ...request }) => {
    const url = new URL(address);
    const proxy = proxyFor(url, settings.env);
    const [dispatcher, { fetch }] = await Promise.all([route(url, proxy), undici()]);
    try {
      const init = { ...request, body: body ?? null, signal: signal ?? null, dispatcher };
      const { body: stream, status, headers } = await fetch(url, init);
      return new Response(stream instanceof ReadableStream ? stream : null, {
        status,
        headers: [...headers],
      });
    } catch (error) {
      throw (proxy && proxyFailure(error, { proxy, url })) ?? error;
    }
  };
}

interface TlsOptions {
  rejectUnauthorized: true;
  secureContext?: tls.SecureContext;
}

/** Reading some hundred authorities takes its time: once, and only where TLS is spoken. */
async function tlsOptions(settings: SettingsSource): Promise<TlsOptions> {
  const file = await readSetting('ca_file', settings);
  const own = file && { path: file.value, source: file.source };
  const ca = await trustedAuthorities({ own, env: settings.env });
  return { rejectUnauthorized: true, ...(ca && { secureContext: tls.createSecureContext({ ca }) }) };
}

async function openRoute(
  proxy: Proxy | undefined,
  trust: Promise<TlsOptions> | undefined,
): Promise<Dispatcher> {
  const { Agent, ProxyAgent } = await undici();
  const connect = (await trust) ?? {};
  if (!proxy) return new Agent({ connect });
  return new ProxyAgent({
    uri: proxy.address,
    requestTls: connect,
    proxyTls: connect,
    ...(proxy.authorization && { token: proxy.authorization }),
  });
}

/** Loaded when something is called: help, settings and offline checks do without. */
function undici() {
  return import('undici');
}
