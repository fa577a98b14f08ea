import { join } from 'node:path';
import { writeConnectorSecret } from './connector-secrets.ts';
import type { Part } from './parts/part.ts';
import type { ReservedPorts } from './ports.ts';
import { findStandIns, type StoodIn } from './stand-in/find.ts';
import { startStandIn } from './stand-in/start.ts';

/** Where the provider of one connector is. */
export interface ProviderAddress {
  /** Of the connector. */
  name: string;
  title: string;
  /** The variable that names its API root. */
  variable: string;
  url: string;
  /** Absent where it is no stand-in. */
  adminUrl?: string | undefined;
}

export interface Providers {
  providers: readonly ProviderAddress[];
  /** Where the credentials for them are. */
  secretsDir: string;
}

interface StartProvidersOptions {
  env: NodeJS.ProcessEnv;
  dataDir: string;
  reserved: ReservedPorts;
  tenants: readonly string[];
  step: <Result>(what: string, work: () => Promise<Result>) => Promise<Result>;
  /** Called as soon as a stand-in runs, so that a start cut short can be undone. */
  started: (part: Part) => void;
  done: (name: string, words: string) => void;
}

/** A stand-in for the provider of every connector, unless the connector's variable names another one in its place. */
export async function startProviders(options: StartProvidersOptions): Promise<Providers> {
  const { env, dataDir, tenants, done } = options;
  const all = await findStandIns();
  const isReal = ({ connector }: StoodIn) => Boolean(env[connector.apiRootVariable]);
  const ownSecrets = join(dataDir, 'secrets');
  const secretsDir = all.some(isReal) ? (env['SECRETS_DIR'] ?? ownSecrets) : ownSecrets;
  const providers: ProviderAddress[] = [];
  for (const stoodIn of all) {
    const { name, title, secretName, apiRootVariable: variable } = stoodIn.connector;
    const named = env[variable];
    if (named) {
      done(title, `${named} (${variable}), credentials from ${secretsDir}`);
      providers.push({ name, title, variable, url: named });
      continue;
    }
    const running = await startOne(options, stoodIn);
    // A person's own folder is theirs: what a stand-in takes for a secret has no place in it.
    writeConnectorSecret({ secretsDir: ownSecrets, tenants, secretName, secret: stoodIn.standIn.secret });
    const without = secretsDir === ownSecrets ? '' : `; ${secretsDir} has no credentials for it`;
    done(title, `${running.url}, a local stand-in (set ${variable} for the real one)${without}`);
    providers.push({ name, title, variable, url: running.url, adminUrl: running.adminUrl });
  }
  return { providers, secretsDir };
}

async function startOne({ dataDir, reserved, step, started }: StartProvidersOptions, stoodIn: StoodIn) {
  const { name, title } = stoodIn.connector;
  const running = await step(`starting the ${title} stand-in`, async () => {
    await reserved.release(name);
    return await startStandIn({
      ...stoodIn,
      port: reserved.portOf(name),
      dataDir: join(dataDir, name),
      host: '127.0.0.1',
    });
  });
  started({ name: title, url: running.url, stop: () => running.close() });
  return running;
}
