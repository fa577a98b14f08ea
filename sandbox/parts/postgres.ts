import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { OsUser } from '../os-user.ts';
import { type SuperviseOptions, supervise } from '../supervise.ts';
import type { ProcessPart } from './part.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';

export interface PostgresOptions extends SuperviseOptions {
  port: number;
  /** Contains the cluster, in `postgres/`. */
  dataDir: string;
  logFile: string;
  checkout: string;
  /** Folder for a copy of the programs if one is needed. */
  cacheDir: string;
  /** Password of the superuser `postgres`. */
  password: string;
  user: OsUser | undefined;
  /** Further server settings. */
  settings?: Readonly<Record<string, string>>;
  /** Variables for the server, added to its own; the caller's variables never reach it. */
  env?: NodeJS.ProcessEnv;
}

export interface PostgresPart extends ProcessPart {
  /** Address with the superuser and its password, database `postgres`. */
  adminUrl: string;
  version: string;
}

/** Starts a real PostgreSQL server on loopback: `initdb` the first time, then `postgres` itself (no wrapper). */
export async function startPostgres(options: PostgresOptions): Promise<PostgresPart> {
  const { port, user, password } = options;
  const binaries = findPostgresBinaries(options);
  const cluster = join(options.dataDir, 'postgres');
  if (!existsSync(join(cluster, 'PG_VERSION'))) await createCluster(binaries.initdb, cluster, options);
  refuseOtherMajor(cluster, binaries.version);

  const adminUrl = `postgresql://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  const settings = {
    listen_addresses: '127.0.0.1',
    // No socket file: its path could be too long, and its folder would have to be accessible to two users.
    unix_socket_directories: '',
    max_connections: '200',
    log_min_messages: 'warning',
    ...options.settings,
  };
  const running = await supervise(
    {
      name: 'PostgreSQL',
      command: binaries.postgres,
      args: [
        '-D',
        cluster,
        '-p',
        String(port),
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      env: { ...cleanEnvironment(), ...options.env },
      user,
      logFile: options.logFile,
      // "Fast" shutdown: ends sessions and writes a checkpoint. SIGTERM would wait until every client has disconnected.
      stopSignal: 'SIGINT',
      stopLimitMs: 20_000,
      ready: () => answers(adminUrl),
    },
    options,
  );
  return {
    name: 'PostgreSQL',
    url: `postgresql://127.0.0.1:${port}`,
    adminUrl,
    version: binaries.version,
    get pid() {
      return running.pid;
    },
    stop: running.stop,
    kill9: running.kill9,
    start: running.start,
  };
}

/**
 * Created beside its final place and moved there when complete, so that a crash leaves nothing that looks like a
 * cluster.
 */
async function createCluster(initdb: string, cluster: string, options: PostgresOptions): Promise<void> {
  const { user, password } = options;
  const draft = `${cluster}.new`;
  const passwordFile = `${cluster}.password`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user) {
    chownSync(draft, user.uid, user.gid);
    chownSync(passwordFile, user.uid, user.gid);
  }
  try {
    await promisify(execFile)(
      initdb,
      [
        '-D',
        draft,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        // Without these the LANG of a bare container decides, which gives SQL_ASCII.
        '--encoding=UTF8',
        '--locale=C.UTF-8',
      ],
      { env: cleanEnvironment(), cwd: '/', ...(user ? { uid: user.uid, gid: user.gid } : {}) },
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(draft, cluster);
}

/** PG* variables in the caller's shell must not reach the server or initdb. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', TZ: 'UTC' };
}

function refuseOtherMajor(cluster: string, version: string): void {
  const made = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  const major = version.split('.')[0];
  if (made === major) return;
  throw new Error(
    `${cluster} was made by PostgreSQL ${made}, and this is ${major}. Dump it with the old one, or move the data folder away.`,
  );
}

async function answers(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
  } finally {
    await client.end().catch(() => {});
  }
}
