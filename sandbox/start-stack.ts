import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildWebIfStale } from '#web/build.ts';
import { checkout } from './checkout.ts';
import type { Children } from './children.ts';
import { type InstallationKeys, installationKeys } from './keys.ts';
import { messageOf } from './message-of.ts';
import type { OsUser } from './os-user.ts';
import { type DatabaseUrls, externalDatabases, localDatabases } from './parts/databases.ts';
import { addDemoPolicies } from './parts/demo-policies.ts';
import { startGateway } from './parts/gateway.ts';
import type { Part } from './parts/part.ts';
import { startPostgres } from './parts/postgres.ts';
import { startRedis } from './parts/redis.ts';
import { demoTenants, prepareSchema } from './parts/schema.ts';
import { startSignIn } from './parts/sign-in.ts';
import { startTemporal } from './parts/temporal.ts';
import { startWorker } from './parts/worker.ts';
import type { ReservedPorts } from './ports.ts';
import type { Progress } from './progress.ts';
import {
  gatewayEnvironment,
  provisioningEnvironment,
  type StackAddresses,
  workerEnvironment,
} from './stack-environment.ts';
import { startProviders } from './start-providers.ts';
import { findTemporalCli } from './tools/temporal.ts';

export interface StartStackOptions {
  env: NodeJS.ProcessEnv;
  dataDir: string;
  databaseUser: OsUser | undefined;
  reserved: ReservedPorts;
  children: Children;
  progress: Progress;
  /** Aborted = start nothing more. */
  signal: AbortSignal;
  /** Every part is added here as soon as it runs, so that an interrupted start can be undone. */
  started: Part[];
  /** Called when a part died or came back. */
  changed: (line: string) => void;
}

export interface StartedStack {
  addresses: StackAddresses;
  namespace: string;
  taskQueue: string;
}

/** Starts everything in order; a part for which a variable names a real one is not started. */
export async function startStack(options: StartStackOptions): Promise<StartedStack> {
  const { env, reserved } = options;
  const keys = installationKeys(options.dataDir);
  const databases = await startDatabases(options, keys);
  const redisUrl = await startCache(options, keys);
  const temporal = await startTemporalPart(options, keys);
  const localIssuer = await startSignInPart(options, keys);
  const providers = await startProviders({
    ...options,
    tenants: demoTenants.map(({ id }) => id),
    step: (what, work) => step(options, what, work),
    started: (part) => options.started.push(part),
    done: options.progress.done,
  });
  const migrationLog = join(options.dataDir, 'logs', 'migrations.log');
  await step(options, 'migrating the databases', async () => {
    await prepareSchema(databases, (line) => appendFileSync(migrationLog, `${line}\n`));
    await addDemoPolicies(databases, {
      encryptionKeysFile: env['ENCRYPTION_KEYS_FILE'] ?? keys.encryptionKeysFile,
      voteSigningKeyFile: env['VOTE_SIGNING_KEY_FILE'] ?? keys.voteSigningKeyFile,
      voteVerifyKeysFile: env['VOTE_VERIFY_KEYS_FILE'] ?? keys.voteVerifyKeysFile,
    });
  });
  options.progress.done('Schema', `up to date, tenants ${demoTenants.map(({ id }) => id).join(' and ')}`);

  await buildPage(options);
  const addresses: StackAddresses = {
    databases,
    redisUrl,
    temporalAddress: temporal.address,
    temporalUiUrl: temporal.uiUrl,
    localIssuer,
    ...providers,
    port: reserved.ports.api,
  };
  const namespace = env['TEMPORAL_NAMESPACE'] ?? 'default';
  const taskQueue = env['TEMPORAL_TASK_QUEUE'] ?? 'openclaw';
  const worker = startPart(options, 'the worker', () =>
    startWorker({
      ...processOptions(options, 'worker'),
      checkout,
      env: workerEnvironment({ env, addresses, keys }),
      temporalAddress: temporal.address,
      namespace,
      taskQueue,
    }),
  );
  const gateway = startPart(options, 'the gateway', async () => {
    await reserved.release('api');
    return await startGateway({
      ...processOptions(options, 'gateway'),
      checkout,
      env: gatewayEnvironment({ env, addresses, keys }),
      port: addresses.port,
    });
  });
  const provisioning = startPart(options, 'provisioning', () =>
    startWorker({
      ...processOptions(options, 'provisioning'),
      checkout,
      env: provisioningEnvironment({ env, addresses, keys }),
      temporalAddress: temporal.address,
      namespace,
      taskQueue: `${taskQueue}-provisioning`,
      process: { name: 'provisioning', entry: 'workers/provisioning-main.ts' },
    }),
  );
  // In parallel, since each takes a second or two; all must have finished before anything is undone.
  await Promise.allSettled([worker, gateway, provisioning]);
  await Promise.all([worker, gateway, provisioning]);
  return { addresses, namespace, taskQueue };
}

async function startDatabases(options: StartStackOptions, keys: InstallationKeys): Promise<DatabaseUrls> {
  const external = options.env['DATABASE_URL'] ?? options.env['DB_CONNECTION_STRING'];
  if (external) {
    const databases = externalDatabases(options.env, external);
    options.progress.done('PostgreSQL', `your own, ${new URL(external).host} (DATABASE_URL)`);
    return databases;
  }
  const postgres = await startPart(options, 'PostgreSQL', async () => {
    await options.reserved.release('postgres');
    return await startPostgres({
      ...processOptions(options, 'postgres'),
      port: options.reserved.ports.postgres,
      checkout,
      cacheDir: options.dataDir,
      password: keys.postgresPassword,
      user: options.databaseUser,
    });
  });
  return localDatabases({ adminUrl: postgres.adminUrl, appPassword: keys.appPassword });
}

async function startCache(options: StartStackOptions, keys: InstallationKeys): Promise<string | undefined> {
  const external = options.env['REDIS_URL'] ?? options.env['REDIS_CONNECTION_STRING'];
  if (external) {
    options.progress.done('Redis', `your own, ${new URL(external).host} (REDIS_URL)`);
    return external;
  }
  const redis = await step(options, 'starting Redis', async () => {
    await options.reserved.release('redis');
    return await startRedis({
      ...processOptions(options, 'redis'),
      port: options.reserved.ports.redis,
      password: keys.redisPassword,
      env: options.env,
    });
  });
  if (redis === undefined) {
    options.progress.done(
      'Redis',
      'none on PATH, so the gateway caches in its own process; good for one gateway',
    );
    return undefined;
  }
  options.started.push(redis);
  options.progress.done('Redis', `redis://127.0.0.1:${options.reserved.ports.redis}`);
  return redis.url;
}

async function startTemporalPart(
  options: StartStackOptions,
  keys: InstallationKeys,
): Promise<{ address: string; uiUrl: string | undefined }> {
  const { env, reserved } = options;
  const external = env['TEMPORAL_ADDRESS'];
  if (external) {
    options.progress.done('Temporal', `your own, ${external} (TEMPORAL_ADDRESS)`);
    return { address: external, uiUrl: env['TEMPORAL_UI_URL'] };
  }
  const cli = await findTemporalCli({ env, dataDir: options.dataDir, progress: options.progress });
  const temporal = await startPart(options, 'Temporal', async () => {
    await reserved.release('temporal');
    await reserved.release('temporalUi');
    return await startTemporal({
      ...processOptions(options, 'temporal'),
      cli,
      port: reserved.ports.temporal,
      uiPort: reserved.ports.temporalUi,
      codecEndpoint: `http://127.0.0.1:${reserved.ports.api}${env['CODEC_PATH'] ?? keys.codecPath}`,
    });
  });
  return { address: temporal.address, uiUrl: temporal.url };
}

async function startSignInPart(
  options: StartStackOptions,
  keys: InstallationKeys,
): Promise<string | undefined> {
  const external = options.env['OIDC_ISSUER'] ?? options.env['OIDC_ISSUER_URL'];
  if (external) {
    options.progress.done('Sign-in', `your own, ${external} (OIDC_ISSUER)`);
    return undefined;
  }
  const signIn = await startPart(options, 'Sign-in', async () => {
    await options.reserved.release('signIn');
    return await startSignIn({
      port: options.reserved.ports.signIn,
      dataDir: options.dataDir,
      webClientSecret: keys.webClientSecret,
      gatewayPort: options.reserved.ports.api,
      env: options.env,
    });
  });
  return signIn.url;
}

/** Without the page the gateway still serves the API, so this is no reason to give up. */
async function buildPage(options: StartStackOptions): Promise<void> {
  try {
    const built = await step(options, 'building the web page', () => buildWebIfStale());
    if (built) options.progress.done('Web page', 'built');
  } catch (error) {
    options.signal.throwIfAborted();
    options.progress.note(messageOf(error));
  }
}

function processOptions(options: StartStackOptions, log: string) {
  return {
    children: options.children,
    restart: true,
    say: options.changed,
    signal: options.signal,
    dataDir: options.dataDir,
    logFile: join(options.dataDir, 'logs', `${log}.log`),
  };
}

async function startPart<Some extends Part>(
  options: StartStackOptions,
  name: string,
  start: () => Promise<Some>,
): Promise<Some> {
  const part = await step(options, `starting ${name}`, start);
  options.started.push(part);
  options.progress.done(part.name, part.url);
  return part;
}

async function step<Result>(
  options: StartStackOptions,
  what: string,
  work: () => Promise<Result>,
): Promise<Result> {
  options.signal.throwIfAborted();
  try {
    return await options.progress.during(what, work);
  } catch (error) {
    throw new Error(`${what} failed: ${messageOf(error)}`, { cause: error });
  }
}
