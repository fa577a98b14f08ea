const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Does this host name always mean the machine itself? */
export function isLoopbackHost(hostname: string): boolean {
  return loopbackHosts.has(hostname);
}

/** Tokens and keys travel by https; by plain http only where nobody can listen in. */
export function isSecureUrl(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));
}
