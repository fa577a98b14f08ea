import type { Config } from '#platform/config/parse-config.ts';

/** Address under which people reach the gateway: PUBLIC_URL, or where it listens. */
export function publicUrlOf({ publicUrl, host, port }: Pick<Config, 'publicUrl' | 'host' | 'port'>): string {
  return publicUrl ?? `http://${reachableHost(host)}:${port}`;
}

/** Listening everywhere is no address to send a browser to. */
function reachableHost(host: string): string {
  return host === '0.0.0.0' || host === '::' ? 'localhost' : host;
}
