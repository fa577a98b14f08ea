import type { LoginKind } from '#platform/database/names.ts';
import type { InstallationKeys } from './keys.ts';
import type { DatabaseUrls } from './parts/databases.ts';
import { audience, cliClientId, webClientId } from './sign-in/provider.ts';
import type { ProviderAddress } from './start-providers.ts';

export interface StackAddresses {
  databases: DatabaseUrls;
  /** Absent = the gateway caches in its own process. */
  redisUrl: string | undefined;
  temporalAddress: string;
  /** Absent for an external server whose UI we don't know. */
  temporalUiUrl: string | undefined;
  /** Absent = the caller has configured a provider, with a client of its own. */
  localIssuer: string | undefined;
  /** Of every connector. */
  providers: readonly ProviderAddress[];
  secretsDir: string;
  port: number;
}

/** The demo tenant whose admin manages tenants. */
const operatorTenant = 'acme';

interface EnvironmentOptions {
  /** The environment of the person who started us; its variables win. */
  env: NodeJS.ProcessEnv;
  addresses: StackAddresses;
  keys: InstallationKeys;
}

/**
 * The environment of the worker: everything except the key that signs votes. It asks the sign-in provider whether
 * people still have their rights.
 */
export function workerEnvironment({ env, addresses, keys }: EnvironmentOptions): NodeJS.ProcessEnv {
  return clean({
    ...withoutOurs(env),
    NODE_ENV: env['NODE_ENV'] ?? 'development',
    LOG_LEVEL: env['LOG_LEVEL'] ?? 'info',
    ...signInEnvironment(addresses, keys),
    ...loginEnvironment(addresses, 'worker'),
    REDIS_URL: addresses.redisUrl,
    TEMPORAL_ADDRESS: addresses.temporalAddress,
    TEMPORAL_NAMESPACE: env['TEMPORAL_NAMESPACE'] ?? 'default',
    TEMPORAL_TASK_QUEUE: env['TEMPORAL_TASK_QUEUE'] ?? 'openclaw',
    ENCRYPTION_KEYS_FILE: env['ENCRYPTION_KEYS_FILE'] ?? keys.encryptionKeysFile,
    VOTE_VERIFY_KEYS_FILE: env['VOTE_VERIFY_KEYS_FILE'] ?? keys.voteVerifyKeysFile,
    AUDIT_SIGNING_KEY_FILE: env['AUDIT_SIGNING_KEY_FILE'] ?? keys.auditSigningKeyFile,
    AUDIT_VERIFY_KEYS_FILE: env['AUDIT_VERIFY_KEYS_FILE'] ?? keys.auditVerifyKeysFile,
    AUDIT_HEADS_DIR: env['AUDIT_HEADS_DIR'] ?? keys.auditHeadsDir,
    SECRETS_DIR: addresses.secretsDir,
    ...Object.fromEntries(addresses.providers.map(({ variable, url }) => [variable, url])),
    EFFECT_SETTLE_MS: env['EFFECT_SETTLE_MS'] ?? settleMs(addresses.providers),
  });
}

/**
 * The environment of the process that creates and deletes tenants: it alone may create roles and schemas, and it signs
 * their first policies.
 */
export function provisioningEnvironment({ env, addresses, keys }: EnvironmentOptions): NodeJS.ProcessEnv {
  const {
    AUDIT_SIGNING_KEY_FILE: _key,
    AUDIT_HEADS_DIR: _folder,
    OIDC_CLIENT_SECRET: _secret,
    ...shared
  } = workerEnvironment({ env, addresses, keys });
  return clean({
    ...shared,
    ...loginEnvironment(addresses, 'provisioning'),
    DATABASE_ADMIN_URL: addresses.databases.databaseAdminUrl,
    VOTE_SIGNING_KEY_FILE: env['VOTE_SIGNING_KEY_FILE'] ?? keys.voteSigningKeyFile,
    OPERATOR_TENANT: env['OPERATOR_TENANT'] ?? operatorTenant,
    WORKER_HEALTH_PORT: undefined,
  });
}

/** The environment of the gateway. */
export function gatewayEnvironment(options: EnvironmentOptions): NodeJS.ProcessEnv {
  const { env, addresses, keys } = options;
  const publicUrl = env['PUBLIC_URL'] ?? `http://127.0.0.1:${addresses.port}`;
  // The key that signs heads, and the places that get them, are only for the worker.
  const { AUDIT_SIGNING_KEY_FILE: _key, AUDIT_HEADS_DIR: _folder, ...shared } = workerEnvironment(options);
  return clean({
    ...shared,
    ...loginEnvironment(options.addresses, 'gateway'),
    HOST: env['HOST'] ?? '127.0.0.1',
    PORT: String(addresses.port),
    PUBLIC_URL: publicUrl,
    TEMPORAL_UI_URL: addresses.temporalUiUrl,
    VOTE_SIGNING_KEY_FILE: env['VOTE_SIGNING_KEY_FILE'] ?? keys.voteSigningKeyFile,
    OPERATOR_TENANT: env['OPERATOR_TENANT'] ?? operatorTenant,
    CODEC_PATH: env['CODEC_PATH'] ?? keys.codecPath,
    CODEC_ORIGIN: env['CODEC_ORIGIN'] ?? addresses.temporalUiUrl,
    ...(addresses.localIssuer ? { OIDC_REDIRECT_URI: `${publicUrl}/auth/callback` } : {}),
  });
}

/** Each process logs in as itself; to somebody else's server as they say. */
function loginEnvironment({ databases }: StackAddresses, process: LoginKind): NodeJS.ProcessEnv {
  const { databaseUrl, auditDatabaseUrl } = databases.ofProcess?.[process] ?? databases;
  return { DATABASE_URL: databaseUrl, AUDIT_DATABASE_URL: auditDatabaseUrl };
}

/** A stand-in holds nothing back for long, so a lost write is looked for sooner than at a real provider. */
function settleMs(providers: readonly ProviderAddress[]): string | undefined {
  return providers.every(({ adminUrl }) => adminUrl !== undefined) ? '5000' : undefined;
}

function signInEnvironment({ localIssuer }: StackAddresses, keys: InstallationKeys): NodeJS.ProcessEnv {
  if (!localIssuer) return {};
  return {
    OIDC_ISSUER: localIssuer,
    OIDC_CLIENT_ID: webClientId,
    OIDC_CLIENT_SECRET: keys.webClientSecret,
    OIDC_CLI_CLIENT_ID: cliClientId,
    OIDC_AUDIENCE: audience,
  };
}

/** Rights of migrations and the gateway's own keys are not passed to processes that don't need them. */
const notInherited = [
  'DATABASE_ADMIN_URL',
  'AUDIT_DATABASE_ADMIN_URL',
  'GATEWAY_DATABASE_URL',
  'WORKER_DATABASE_URL',
  'PROVISIONING_DATABASE_URL',
  'VOTE_SIGNING_KEY_FILE',
  'DB_CONNECTION_STRING',
  'AUDIT_DB_CONNECTION_STRING',
];

function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !notInherited.includes(name) && !name.startsWith('npm_')),
  );
}

function clean(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
}
