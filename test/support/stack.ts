import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { github } from '#connectors/github/connector.ts';
import { checkout } from '#sandbox/checkout.ts';
import { createChildren } from '#sandbox/children.ts';
import { writeConnectorSecret } from '#sandbox/connector-secrets.ts';
import { databaseUserOf, openDataDir } from '#sandbox/data-dir.ts';
import { installationKeys } from '#sandbox/keys.ts';
import { addDemoPolicies } from '#sandbox/parts/demo-policies.ts';
import { startGateway } from '#sandbox/parts/gateway.ts';
import { demoTenants } from '#sandbox/parts/schema.ts';
import { startSignIn } from '#sandbox/parts/sign-in.ts';
import { startWorker } from '#sandbox/parts/worker.ts';
import { reservePorts } from '#sandbox/ports.ts';
import { startReaper } from '#sandbox/reaper.ts';
import { demoAccounts } from '#sandbox/sign-in/accounts.ts';
import { tokenFor } from '#sandbox/sign-in/token-for.ts';
import {
  gatewayEnvironment,
  provisioningEnvironment,
  type StackAddresses,
  workerEnvironment,
} from '#sandbox/stack-environment.ts';
import { createStandInAdmin, type StandInAdmin } from '#sandbox/stand-in/admin-client.ts';
import { startProviders } from '#sandbox/start-providers.ts';
import { provisioningQueueOf } from '#workflows/messages/tenant.ts';
import { compileCache } from './compile-cache.ts';
import { emptyRedis } from './empty-redis.ts';
import { noLimits } from './no-limits.ts';
import { openDatabases, openTemporal, type TestPostgres, type TestTemporal } from './stack-stores.ts';
import { restartable, type TestProcess } from './test-process.ts';
import { hasTool } from './tools.ts';

export interface TestStackOptions {
  /** A PostgreSQL of its own, which the test may kill; else fresh databases on the run's server. */
  ownPostgres?: boolean;
  /** A Temporal server of its own, which the test may kill; else the run's. */
  ownTemporal?: boolean;
  /** The process that makes and ends tenants and changes keys; else there is none. */
  provisioning?: boolean;
  /** For gateway and worker, over everything else. */
  env?: NodeJS.ProcessEnv;
  accessTokenTtlSeconds?: number;
  /** What lies there as the token for GitHub before the start, as a person may have put it. */
  githubToken?: string;
}

export interface TestStack {
  /** `http://127.0.0.1:<port>` of the gateway. */
  api: string;
  issuer: string;
  webClientSecret: string;
  gateway: TestProcess;
  worker: TestProcess;
  /** When it was asked for. */
  provisioning: TestProcess | undefined;
  postgres: TestPostgres;
  temporal: TestTemporal;
  /** For tests that are `needing('redis')`; without it the gateway keeps its cache to itself, as it does in production. */
  redisUrl: string;
  taskQueue: string;
  /** `ENCRYPTION_KEYS_FILE` of gateway and worker. */
  encryptionKeysFile: string;
  github: { url: string; admin: StandInAdmin };
  /** Access token of a demo account, got by really signing in. */
  token(email: string): Promise<string>;
  /** What a process has written: `gateway`, `worker`, `postgres`, `temporal`. */
  log(name: string): string;
  close(): Promise<void>;
}

/** Everything real, for one test file: stores, sign-in, GitHub stand-in, worker and gateway as processes of their own. */
export async function startStack(options: TestStackOptions = {}): Promise<TestStack> {
  const databaseUser = databaseUserOf();
  const dataDir = mkdtempSync(join(tmpdir(), 'openclaw-e2e-'));
  openDataDir(dataDir, databaseUser);
  chmodSync(dataDir, 0o711);
  const childrenFile = join(dataDir, 'children.json');
  startReaper(childrenFile, dataDir);
  const children = createChildren(childrenFile);
  const closers: (() => Promise<void>)[] = [async () => rmSync(dataDir, { recursive: true, force: true })];
  const close = async () => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  try {
    const reserved = await reservePorts({ file: join(dataDir, 'ports.json'), env: {}, wishes: false });
    closers.push(() => reserved.releaseAll());
    const { ports } = reserved;
    const keys = installationKeys(dataDir);
    const logFile = (name: string) => join(dataDir, 'logs', `${name}.log`);
    const each = (name: string) => ({
      children,
      restart: false,
      say: () => {},
      dataDir,
      checkout,
      logFile: logFile(name),
    });

    await reserved.release('postgres');
    const postgres = await openDatabases({
      own: options.ownPostgres === true,
      start: {
        ...each('postgres'),
        port: ports.postgres,
        cacheDir: dataDir,
        password: 'test',
        user: databaseUser,
      },
    });
    closers.push(postgres.close);
    await addDemoPolicies(postgres.databases, keys);
    await reserved.release('temporal');
    const temporal = await openTemporal({
      own: options.ownTemporal === true,
      start: { ...each('temporal'), port: ports.temporal, uiPort: ports.temporalUi, ui: false },
    });
    closers.push(temporal.close);
    const redisUrl = hasTool('redis') ? await emptyRedis() : undefined;

    await reserved.release('signIn');
    const signIn = await startSignIn({
      port: ports.signIn,
      dataDir,
      webClientSecret: keys.webClientSecret,
      gatewayPort: ports.api,
      env: {},
      ...(options.accessTokenTtlSeconds === undefined
        ? {}
        : { accessTokenTtlSeconds: options.accessTokenTtlSeconds }),
    });
    closers.push(signIn.stop);
    const tenants = demoTenants.map(({ id }) => id);
    if (options.githubToken !== undefined) {
      writeConnectorSecret({
        secretsDir: join(dataDir, 'secrets'),
        tenants,
        secretName: github.secretName,
        secret: { access_token: options.githubToken },
      });
    }
    const { providers, secretsDir } = await startProviders({
      env: {},
      dataDir,
      reserved,
      tenants,
      step: (_what, work) => work(),
      started: ({ stop }) => closers.push(stop),
      done: () => {},
    });
    const githubAt = providers.find(({ name }) => name === 'github');

    const taskQueue = `test-${randomBytes(6).toString('hex')}`;
    const addresses: StackAddresses = {
      databases: postgres.databases,
      redisUrl,
      temporalAddress: temporal.address,
      temporalUiUrl: undefined,
      localIssuer: signIn.url,
      providers,
      secretsDir,
      port: ports.api,
    };
    const env = {
      ...compileCache,
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      TEMPORAL_TASK_QUEUE: taskQueue,
      EFFECT_SETTLE_MS: '1000',
      ...noLimits,
      ...options.env,
    };
    await reserved.release('api');
    const keep = async (launched: Promise<TestProcess>) => {
      const process = await launched;
      closers.push(process.kill9);
      return process;
    };
    const starting = [
      keep(
        restartable((more) =>
          startWorker({
            ...each('worker'),
            env: { ...workerEnvironment({ env, addresses, keys }), ...options.env, ...more },
            temporalAddress: temporal.address,
            namespace: 'default',
            taskQueue,
          }),
        ),
      ),
      keep(
        restartable((more) =>
          startGateway({
            ...each('gateway'),
            env: { ...gatewayEnvironment({ env, addresses, keys }), ...options.env, ...more },
            port: ports.api,
          }),
        ),
      ),
      options.provisioning === true
        ? keep(
            restartable((more) =>
              startWorker({
                ...each('provisioning'),
                env: { ...provisioningEnvironment({ env, addresses, keys }), ...more },
                temporalAddress: temporal.address,
                namespace: 'default',
                taskQueue: provisioningQueueOf(taskQueue),
                process: { name: 'provisioning', entry: 'workers/provisioning-main.ts' },
              }),
            ),
          )
        : Promise.resolve(undefined),
    ] as const;
    // All have to be over before anything is closed, also when one fails.
    await Promise.allSettled(starting);
    const [worker, gateway, provisioning] = await Promise.all(starting);
    return {
      api: gateway.url,
      issuer: signIn.url,
      webClientSecret: keys.webClientSecret,
      gateway,
      worker,
      provisioning,
      postgres,
      temporal,
      get redisUrl() {
        if (redisUrl === undefined) throw new Error('this run has no Redis');
        return redisUrl;
      },
      taskQueue,
      encryptionKeysFile: keys.encryptionKeysFile,
      github: { url: githubAt?.url ?? '', admin: createStandInAdmin(githubAt?.adminUrl ?? '') },
      token: async (email) => {
        const account = demoAccounts.find((known) => known.email === email);
        if (account === undefined) throw new Error(`there is no demo account ${email}`);
        const signedIn = { issuer: signIn.url, account: email, password: account.password };
        return (await tokenFor(signedIn)).accessToken;
      },
      log: (name) => readFileSync(logFile(name), 'utf8'),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
