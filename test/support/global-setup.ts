import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { checkout } from '#sandbox/checkout.ts';
import { createChildren } from '#sandbox/children.ts';
import { chooseDataDir, databaseUserOf, openDataDir } from '#sandbox/data-dir.ts';
import type { ProcessPart } from '#sandbox/parts/part.ts';
import { startPostgres } from '#sandbox/parts/postgres.ts';
import { startRedis } from '#sandbox/parts/redis.ts';
import { startTemporal } from '#sandbox/parts/temporal.ts';
import { reservePorts } from '#sandbox/ports.ts';
import { createProgress } from '#sandbox/progress.ts';
import { startReaper } from '#sandbox/reaper.ts';
import { findTemporalCli } from '#sandbox/tools/temporal.ts';
import { readyTools } from './ready-tools.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Superuser of the run's PostgreSQL, database `postgres`. */
    postgresAdminUrl: string;
    /** For tests that are `needing('redis')`. */
    redisUrl: string;
    /** `host:port` of the run's Temporal server. */
    temporalAddress: string;
    /** The `temporal` program, for tests that start a server of their own. */
    temporalCli: string;
  }
}

/**
 * One real PostgreSQL, Redis and Temporal server for the whole run, in a temporary folder, on loopback, on ports of their own.
 * A reaper ends them even when the run is killed. `durable`: commits wait for the disk, as in production; else nothing
 * does, since nothing outlives the run.
 */
export default async function setup(
  project: TestProject,
  { durable = false }: { durable?: boolean } = {},
): Promise<() => Promise<void>> {
  // The projects of a run share them: who comes first starts them.
  const run = project.vitest.getRootProject();
  if (run.getProvidedContext().postgresAdminUrl !== undefined) return async () => {};
  await readyTools();
  const user = databaseUserOf();
  const dataDir = mkdtempSync(join(tmpdir(), 'openclaw-test-'));
  chmodSync(dataDir, 0o711);
  const downloads = chooseDataDir({ env: process.env, checkout, home: homedir(), databaseUser: user });
  openDataDir(downloads, user);
  openDataDir(dataDir, user);
  const childrenFile = join(dataDir, 'children.json');
  const children = createChildren(childrenFile);
  startReaper(childrenFile, dataDir);
  const { ports, releaseAll } = await reservePorts({
    file: join(dataDir, 'ports.json'),
    env: {},
    wishes: false,
  });
  const started: ProcessPart[] = [];
  const stop = async () => {
    await Promise.all(started.map((part) => part.kill9()));
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const cli = await findTemporalCli({
      env: process.env,
      dataDir: downloads,
      progress: createProgress((line) => process.stderr.write(`${line}\n`)),
    });
    await releaseAll();
    const each = { children, restart: false, say: () => {}, dataDir };
    const log = (name: string) => join(dataDir, 'logs', `${name}.log`);
    const parts = await Promise.all([
      startPostgres({
        ...each,
        port: ports.postgres,
        logFile: log('postgres'),
        checkout,
        cacheDir: downloads,
        password: 'test',
        user,
        // Tests of crashes have servers of their own.
        ...(durable ? {} : { settings: { fsync: 'off', full_page_writes: 'off' } }),
      }).then((part) => keep(started, part)),
      startRedis({
        ...each,
        port: ports.redis,
        logFile: log('redis'),
        password: 'test',
        env: process.env,
      }).then((part) => part && keep(started, part)),
      startTemporal({
        ...each,
        cli,
        port: ports.temporal,
        uiPort: ports.temporalUi,
        logFile: log('temporal'),
        ui: false,
      }).then((part) => keep(started, part)),
    ]);
    const [postgres, redis, temporal] = parts;
    run.provide('postgresAdminUrl', postgres.adminUrl);
    if (redis !== undefined) run.provide('redisUrl', redis.url);
    run.provide('temporalAddress', temporal.address);
    run.provide('temporalCli', cli);
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

function keep<Some extends ProcessPart>(started: ProcessPart[], part: Some): Some {
  started.push(part);
  return part;
}
