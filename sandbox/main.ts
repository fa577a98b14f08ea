import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectors } from '#connectors/registry.ts';
import { answerArguments, say } from './answer-arguments.ts';
import { checkout } from './checkout.ts';
import { createChildren, endLeftovers } from './children.ts';
import { chooseDataDir, databaseUserOf, openDataDir } from './data-dir.ts';
import { takeLock } from './lock.ts';
import { messageOf } from './message-of.ts';
import type { Part } from './parts/part.ts';
import { reservePorts } from './ports.ts';
import { stackTable } from './print-table.ts';
import { identityOf } from './process-identity.ts';
import { createProgress, type Progress } from './progress.ts';
import { startReaper } from './reaper.ts';
import { refuseFullDisk } from './room.ts';
import { demoAccounts } from './sign-in/accounts.ts';
import { cliClientId } from './sign-in/provider.ts';
import { findStack, removeStack, type Stack, writeStack } from './stack-file.ts';
import { type StartedStack, startStack } from './start-stack.ts';

const inWords = (names: readonly string[]) => new Intl.ListFormat('en').format(names);

const usage = `npm start: the whole system on this machine, for trying and developing.

Starts PostgreSQL, Redis, Temporal, a sign-in provider, a stand-in for ${inWords(connectors.map(({ title }) => title))}, the worker, provisioning and the
gateway, and says where they are and who can sign in. Ctrl-C stops everything; the data stays.

It takes no arguments. OPENCLAW_DATA_DIR says where the data is. DATABASE_URL, REDIS_URL, TEMPORAL_ADDRESS,
${inWords(['OIDC_ISSUER', ...connectors.map(({ apiRootVariable }) => apiRootVariable)])} name a real part in the place of a local one; PORT and its like choose ports.
`;

/** `npm start`: starts the local stack, keeps it running, and stops it on Ctrl-C. */
async function main(given: readonly string[]): Promise<number> {
  const said = answerArguments(given, usage);
  if (said !== undefined) return say(said);
  const startedAt = Date.now();
  const progress = createProgress((line) => process.stdout.write(`${line}\n`));
  // Before the lock is taken, so that a signal during the start releases it again.
  const stopping = stopOnSignals(progress);
  const databaseUser = databaseUserOf();
  const dataDir = chooseDataDir({ env: process.env, checkout, home: homedir(), databaseUser });
  refuseFullDisk(dataDir);
  openDataDir(dataDir, databaseUser);
  const lock = takeLock(join(dataDir, 'lock'));
  if ('lockedBy' in lock) return await reportRunning(dataDir, lock.lockedBy);

  process.stdout.write(`OpenClaw Enterprise, local stack. Data: ${dataDir}\n`);
  const childrenFile = join(dataDir, 'children.json');
  const started: Part[] = [];
  let exitCode = 0;
  try {
    const left = await progress.during('ending what a crash left running', () => endLeftovers(childrenFile));
    if (left.length > 0) progress.note(`ended what an earlier run left behind: ${left.join(', ')}`);
    const reserved = await reservePorts({
      file: join(dataDir, 'ports.json'),
      env: process.env,
      say: progress.note,
    });
    startReaper(childrenFile);
    let running: StartedStack | undefined;
    const publish = () => {
      if (running) writeStack(describe(running, dataDir, started));
    };
    try {
      running = await startStack({
        env: process.env,
        dataDir,
        databaseUser,
        reserved,
        children: createChildren(childrenFile),
        progress,
        signal: stopping,
        started,
        changed: (line) => {
          progress.note(line);
          publish();
        },
      });
    } finally {
      await reserved.releaseAll();
    }
    publish();
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    process.stdout.write(`${stackTable(describe(running, dataDir, started))}\n`);
    process.stdout.write(`Ready after ${seconds} s. Ctrl-C stops everything; the data stays.\n`);
    await untilAborted(stopping);
  } catch (error) {
    if (!stopping.aborted) {
      process.stderr.write(`${messageOf(error)}\n`);
      exitCode = 1;
    }
  }
  removeStack(dataDir);
  for (const part of started.toReversed()) {
    progress.note(`stopping ${part.name}`);
    await part
      .stop()
      .catch((error: unknown) => progress.note(`${part.name} did not stop well: ${messageOf(error)}`));
  }
  lock.release();
  return exitCode;
}

/**
 * The first signal asks for an orderly stop. A later one ends this process at once; the reaper then ends the others.
 */
function stopOnSignals(progress: Progress): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      // npm repeats a Ctrl-C that the terminal has already sent us.
      if (first !== 0 && Date.now() - first > 1000) process.exit(130);
      if (first !== 0) return;
      first = Date.now();
      progress.note('stopping …');
      controller.abort(new Error('told to stop'));
    });
  }
  return controller.signal;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    // Keeps the event loop alive even if none of the parts is our own.
    const alive = setInterval(() => {}, 60_000);
    signal.addEventListener('abort', () => {
      clearInterval(alive);
      resolve();
    });
  });
}

async function reportRunning(dataDir: string, pid: number): Promise<number> {
  await sleep(100);
  const stack = findStack(dataDir);
  if (stack === undefined) {
    process.stderr.write(`Another start (pid ${pid}) is going on with ${dataDir}. Wait for it, or end it.\n`);
    return 1;
  }
  process.stdout.write(`It runs already (pid ${pid}):\n${stackTable(stack)}\n`);
  return 0;
}

function describe(running: StartedStack, dataDir: string, started: readonly Part[]): Stack {
  const { addresses } = running;
  return {
    pid: process.pid,
    identity: identityOf(process.pid) ?? '',
    dataDir,
    logs: join(dataDir, 'logs'),
    api: `http://127.0.0.1:${addresses.port}`,
    temporal: {
      address: addresses.temporalAddress,
      namespace: running.namespace,
      taskQueue: running.taskQueue,
      ...(addresses.temporalUiUrl ? { ui: addresses.temporalUiUrl } : {}),
    },
    signIn: {
      issuer: addresses.localIssuer ?? process.env['OIDC_ISSUER'] ?? process.env['OIDC_ISSUER_URL'] ?? '',
      cliClientId: addresses.localIssuer ? cliClientId : (process.env['OIDC_CLI_CLIENT_ID'] ?? cliClientId),
    },
    databases: addresses.databases,
    ...(addresses.redisUrl ? { redisUrl: addresses.redisUrl } : {}),
    providers: [...addresses.providers],
    processes: started.flatMap(({ name, pid }) => (pid === undefined ? [] : [{ name, pid }])),
    accounts: addresses.localIssuer
      ? demoAccounts.map(({ email, password, tenant, part }) => ({ email, password, tenant, part }))
      : [],
  };
}

process.stdout.on('error', () => {});
process.exit(
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    return 1;
  }),
);
