import { CodedError } from '#domain/error.ts';
import type { Config } from '../config/parse-config.ts';
import { variableNames } from '../config/parse-config.ts';
import { createMountedSecrets, type SecretSource } from './mounted-secrets.ts';
import { noSecret, type OnRotation, type SecretReader } from './read-secret.ts';
import { createVaultSecrets } from './vault-secrets.ts';

interface OpenSecretsOptions {
  config: Pick<
    Config,
    | 'nodeEnv'
    | 'connectorVariables'
    | 'secretsDir'
    | 'vaultAddr'
    | 'vaultKvMount'
    | 'vaultTokenFile'
    | 'vaultKubernetesRole'
    | 'vaultKubernetesMount'
    | 'vaultKubernetesTokenFile'
  >;
  env: Readonly<Record<string, string | undefined>>;
  onRotation: OnRotation;
  onProblem: (problem: { tenantId: string; secretName: string; key: string; cause: unknown }) => void;
}

const environmentName = /^env:([A-Z_][A-Z0-9_]{0,127})$/;

/**
 * The one way to secrets: `env:NAME` from the environment of this process in development and tests, else Vault if
 * configured, else mounted files. A secret has one home, so there is no second place to look.
 */
export function openSecrets({ config, env, onRotation, onProblem }: OpenSecretsOptions): SecretSource {
  const { read, close } = storedSecrets(config, { onRotation, onProblem });
  return {
    read: (tenantId, secretName, key) =>
      secretName.startsWith('env:')
        ? fromEnvironment(secretName, {
            env,
            ours: [...variableNames(), ...Object.keys(config.connectorVariables)],
            isAllowed: config.nodeEnv !== 'production',
          })
        : read(tenantId, secretName, key),
    close,
  };
}

function storedSecrets(
  config: OpenSecretsOptions['config'],
  handlers: Pick<OpenSecretsOptions, 'onRotation' | 'onProblem'>,
): SecretSource {
  const { secretsDir, vaultAddr: address } = config;
  if (address === undefined) {
    return secretsDir === undefined
      ? { read: nowhere, async close() {} }
      : createMountedSecrets({ folder: secretsDir, ...handlers });
  }
  const { vaultTokenFile, vaultKubernetesRole: role, vaultKubernetesTokenFile: serviceToken } = config;
  const login =
    role === undefined
      ? { tokenFile: vaultTokenFile ?? '' }
      : { role, mount: config.vaultKubernetesMount, tokenFile: serviceToken };
  const { onRotation } = handlers;
  const read = createVaultSecrets({ address, mount: config.vaultKvMount, login, onRotation });
  return { read, async close() {} };
}

const nowhere: SecretReader = async (_tenantId, secretName, key) => {
  throw noSecret(secretName, key);
};

/** Tenants choose the name, so the variables that configure the installation itself are out of reach. */
async function fromEnvironment(
  secretName: string,
  { env, ours, isAllowed }: { env: OpenSecretsOptions['env']; ours: readonly string[]; isAllowed: boolean },
): Promise<string> {
  const name = environmentName.exec(secretName)?.[1];
  const isOurs = ours.some((our) => name === our || name === `${our}_FILE`);
  if (!isAllowed || name === undefined || isOurs) {
    throw new CodedError('CONNECTOR_UNAVAILABLE', {
      message: 'a secret in the environment is for development only',
    });
  }
  const value = env[name]?.trim();
  if (!value) throw noSecret(secretName, name);
  return value;
}
