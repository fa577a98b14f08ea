import { join } from 'node:path';
import { isMap, parseDocument } from 'yaml';
import { usageFailure } from './failure.ts';
import { readIfThere } from './read-if-there.ts';
import { writeAtomically } from './write-atomically.ts';

/** What can be configured: its name in commands, its place in the file, its variable (spec/enterprise.md §1.16). */
export const configKeys = {
  gateway_url: { path: ['gateway', 'url'], variable: 'OPENCLAW_GATEWAY_URL' },
  auth_method: { path: ['gateway', 'auth', 'method'], variable: 'OPENCLAW_AUTH_METHOD' },
  ca_file: { path: ['gateway', 'ca_file'], variable: 'OPENCLAW_CA_FILE' },
} as const;

export type ConfigKey = keyof typeof configKeys;

/** For help texts. */
export const configNames = Object.keys(configKeys).join(', ');

/** Accepts `gateway_url` and `gateway.url` alike; throws a usage failure for anything else. */
export function configKey(name: string): ConfigKey {
  for (const [key, { path }] of Object.entries(configKeys)) {
    if ((name === key || name === path.join('.')) && isConfigKey(key)) return key;
  }
  const known = Object.entries(configKeys).map(([key, { path }]) => `${key} (${path.join('.')})`);
  throw usageFailure(`There is no setting ${name}.`, `Known settings: ${known.join(', ')}.`);
}

function isConfigKey(key: string): key is ConfigKey {
  return Object.hasOwn(configKeys, key);
}

/** `config.yaml` in the configuration folder. Setting a value keeps the comments of the file. */
export function createConfigFile(configDir: string) {
  const path = join(configDir, 'config.yaml');

  async function parsed() {
    const document = parseDocument((await readIfThere(path)) ?? '');
    const problem = document.errors[0];
    if (problem) throw usageFailure(`${path} is not valid YAML: ${problem.message}`);
    if (document.contents !== null && !isMap(document.contents)) {
      throw usageFailure(`${path} has to be a mapping that starts with \`gateway:\`.`);
    }
    return document;
  }

  return {
    path,
    async get(key: ConfigKey): Promise<string | undefined> {
      const value: unknown = (await parsed()).getIn(configKeys[key].path);
      if (value === undefined || value === null) return undefined;
      if (typeof value === 'string') return value;
      throw usageFailure(`${configKeys[key].path.join('.')} in ${path} has to be a text.`);
    },
    async set(key: ConfigKey, value: string): Promise<void> {
      const document = await parsed();
      const places = configKeys[key].path;
      for (const depth of places.slice(1).keys()) {
        const outer = places.slice(0, depth + 1);
        if (!isMap(document.getIn(outer))) document.setIn(outer, document.createNode({}));
      }
      document.setIn(places, value);
      await writeAtomically(path, document.toString());
    },
  };
}

export type ConfigFile = ReturnType<typeof createConfigFile>;
