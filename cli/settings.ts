import { dirname, resolve } from 'node:path';
import { type ConfigFile, type ConfigKey, configKeys } from './config-file.ts';
import { usageFailure } from './failure.ts';
import { isSafeWebAddress } from './loopback.ts';

export interface SettingsSource {
  configFile: ConfigFile;
  env: Readonly<Record<string, string | undefined>>;
}

/** A setting and where it comes from; the environment wins over the file. */
export async function readSetting(
  key: ConfigKey,
  { configFile, env }: SettingsSource,
): Promise<{ value: string; source: string } | undefined> {
  const { variable } = configKeys[key];
  const given = env[variable];
  if (given) return { value: checkSetting(key, given, variable), source: variable };
  const value = await configFile.get(key);
  if (!value) return undefined;
  // A path in the file is meant from where the file is, wherever one stands.
  const meant = key === 'ca_file' ? resolve(dirname(configFile.path), value) : value;
  return { value: checkSetting(key, meant, configFile.path), source: configFile.path };
}

/** The address of the gateway; throws a usage failure when it is not set. */
export async function gatewayUrl(source: SettingsSource): Promise<string> {
  const setting = await readSetting('gateway_url', source);
  if (setting) return setting.value;
  throw usageFailure(
    'No gateway is set.',
    'Set it with `openclaw config set gateway_url https://…`, or in OPENCLAW_GATEWAY_URL.',
  );
}

/** The value as we store it; throws a usage failure that says what is expected. */
export function checkSetting(key: ConfigKey, value: string, source: string): string {
  if (key === 'gateway_url') return checkGatewayUrl(value, source);
  if (key === 'ca_file') return resolve(value);
  if (value === 'oidc') return value;
  throw usageFailure(`auth_method is ${value} (${source}); the only method is oidc.`);
}

function checkGatewayUrl(value: string, source: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const wellFormed = url && /^https?:$/.test(url.protocol) && !url.username && !url.search && !url.hash;
  if (!wellFormed) {
    throw usageFailure(
      `gateway_url is not a web address (${source}).`,
      'Expected https://host, https://host/path or, on this machine, http://127.0.0.1:8080.',
    );
  }
  if (!isSafeWebAddress(url)) {
    throw usageFailure(
      `gateway_url uses http: to another machine (${source}), so anyone on the way could read your token.`,
      'Use its https: address.',
    );
  }
  return url.href.replace(/\/+$/, '');
}
