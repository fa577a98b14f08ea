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
  /** The cluster lives in `postgres/` inside. */
  dataDir: string;
  logFile: string;
  checkout: string;
  /** Where a copy of the programs goes if one is needed. */
  cacheDir: string;
  /** Of the superuser `postgres`. */
  password: string;
  user: OsUser | undefined;
  /** Further server settings. */
  settings?: Readonly<Record<string, string>>;
  /** For the server, over what it has; the caller's own variables never reach it. */
  env?: NodeJS.ProcessEnv;
}

export interface PostgresPart extends ProcessPart {
  /** With the superuser and its password, database `postgres`. */
  adminUrl: string;
  version: string;
}

/** A real PostgreSQL server on loopback: `initdb` the first time, then `postgres` itself (no wrapper). */
export async function startPostgres(options: PostgresOptions): Promise<PostgresPart> {
  const { port, user, password } = options;
  const binaries = findPostgresBinaries(options);
  const cluster = join(options.dataDir, 'postgres');
  if (!existsSync(join(cluster, 'PG_VERSION'))) await createCluster(binaries.initdb, cluster, options);
  refuseOtherMajor(cluster, binaries.version);

  const adminUrl = `postgresql://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  const settings = {
    listen_addresses: '127.0.0.1',
    // No socket file: its path may be too long, and its folder would have to be open to two users.
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
      // "Fast" shutdown: ends sessions, writes a checkpoint. SIGTERM would wait for every client to leave.
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

/** Made beside its place and moved there when complete, so that a crash half-way leaves nothing that looks like a cluster. */
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
        // Without these a bare container's LANG decides, and yields SQL_ASCII.
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

/** PG* variables of the caller's shell must not reach the server or initdb. */
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
