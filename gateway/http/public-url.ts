import type { Config } from '#platform/config/parse-config.ts';

/** The address at which people reach the gateway: PUBLIC_URL, or where it listens. */
export function publicUrlOf({ publicUrl, host, port }: Pick<Config, 'publicUrl' | 'host' | 'port'>): string {
  return publicUrl ?? `http://${reachableHost(host)}:${port}`;
}

/** "Everywhere" is no address to send a browser to. */
function reachableHost(host: string): string {
  return host === '0.0.0.0' || host === '::' ? 'localhost' : host;
}
