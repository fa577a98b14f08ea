import { homedir } from 'node:os';
import { join } from 'node:path';
import { createTokenSource } from './access-token.ts';
import { createApi } from './api.ts';
import { createGatewayCaller } from './call-gateway.ts';
import { createConfigFile } from './config-file.ts';
import { confirm } from './confirm.ts';
import { createCredentialsStore } from './credentials.ts';
import type { Exit } from './exit-codes.ts';
import { usageFailure } from './failure.ts';
import { createOutput } from './output.ts';
import { createPinnedKeys } from './pinned-keys.ts';
import { gatewayUrl, readSetting } from './settings.ts';
import { createWebFetch } from './web-fetch.ts';

interface ContextOptions {
  env: Readonly<Record<string, string | undefined>>;
  json: boolean;
  exit: (exit: Exit) => void;
}

export type Context = ReturnType<typeof createContext>;

/** What commands work with. */
export function createContext({ env, json, exit }: ContextOptions) {
  const configDir = env.OPENCLAW_CONFIG_DIR || join(homedir(), '.openclaw');
  const configFile = createConfigFile(configDir);
  const credentials = createCredentialsStore(configDir);
  const fetch = createWebFetch({ env, configFile });

  return {
    env,
    exit,
    configFile,
    credentials,
    fetch,
    pinnedKeys: createPinnedKeys(configDir),
    output: createOutput({ stdout: process.stdout, stderr: process.stderr, json, env }),
    stdin: process.stdin,
    /** Asks before something that can't be undone; with `--json` a program is the caller, which can't answer. */
    async confirm(question: string, { yes }: { yes: boolean }): Promise<boolean> {
      if (json && !yes) throw usageFailure('With --json nothing is asked.', 'Say `--yes` to go on.');
      return confirm({ question, yes, input: process.stdin, output: process.stderr });
    },
    /** The configured gateway, ready to be called; throws a usage failure when none is. */
    async connect() {
      const url = await gatewayUrl({ env, configFile });
      await readSetting('auth_method', { env, configFile });
      const tokens = createTokenSource({ gatewayUrl: url, credentials, fixed: env.OPENCLAW_TOKEN, fetch });
      return { url, tokens, ...createApi(createGatewayCaller({ gatewayUrl: url, tokens, fetch })) };
    },
  };
}
