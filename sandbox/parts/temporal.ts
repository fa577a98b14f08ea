import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { searchAttributes } from '#domain/search-attributes.ts';
import { type SuperviseOptions, supervise } from '../supervise.ts';
import type { ProcessPart } from './part.ts';

export interface TemporalOptions extends SuperviseOptions {
  /** The `temporal` program (see `tools/temporal.ts`). */
  cli: string;
  port: number;
  uiPort: number;
  /** Contains its database file, in `temporal/`. */
  dataDir: string;
  logFile: string;
  /** Where Temporal UI has payloads decoded; absent = they stay unreadable there. */
  codecEndpoint?: string;
  /** `false`: no UI (tests). */
  ui?: boolean;
}

export interface TemporalPart extends ProcessPart {
  /** `host:port` of the gRPC server. */
  address: string;
}

/**
 * Without the higher poll limits, the dev server handles 20 workflow tasks a second; with the pragmas, its file is
 * nearly as fast as memory and survives `kill -9`. Fairness keeps one tenant's backlog from delaying the others.
 */
const tuning = [
  '--dynamic-config-value',
  'history.transferProcessorMaxPollRPS=2000',
  '--dynamic-config-value',
  'history.timerProcessorMaxPollRPS=2000',
  '--dynamic-config-value',
  'history.visibilityProcessorMaxPollRPS=500',
  '--dynamic-config-value',
  'matching.enableFairness=true',
  '--sqlite-pragma',
  'journal_mode=wal',
  '--sqlite-pragma',
  'synchronous=1',
];

const attributeFlags = Object.values(searchAttributes).flatMap((name) => [
  '--search-attribute',
  `${name}=Keyword`,
]);

/** Starts the Temporal dev server on a database file, on loopback only. `url` is its UI. */
export async function startTemporal(options: TemporalOptions): Promise<TemporalPart> {
  const folder = join(options.dataDir, 'temporal');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const address = `127.0.0.1:${options.port}`;
  const running = await supervise(
    {
      name: 'Temporal',
      command: options.cli,
      args: [
        'server',
        'start-dev',
        '--ip',
        '127.0.0.1',
        '--port',
        String(options.port),
        '--db-filename',
        join(folder, 'temporal.db'),
        '--log-level',
        'warn',
        ...tuning,
        ...attributeFlags,
        ...page(options),
      ],
      // HOME is in the data folder: the program would otherwise read the user's own Temporal profile.
      env: { PATH: process.env['PATH'], HOME: folder },
      logFile: options.logFile,
      stopLimitMs: 15_000,
      ready: () => serves(address),
    },
    options,
  );
  return {
    name: 'Temporal',
    url: `http://127.0.0.1:${options.uiPort}`,
    address,
    get pid() {
      return running.pid;
    },
    stop: running.stop,
    kill9: running.kill9,
    start: running.start,
  };
}

function page(options: TemporalOptions): string[] {
  if (options.ui === false) return ['--headless'];
  const codec = options.codecEndpoint ? ['--ui-codec-endpoint', options.codecEndpoint] : [];
  return ['--ui-port', String(options.uiPort), '--ui-disable-news-fetch', ...codec];
}

/** The port is open before the namespace exists, so ask for the namespace. */
async function serves(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 1000 });
  try {
    await connection.workflowService.describeNamespace({ namespace: 'default' });
  } finally {
    await connection.close();
  }
}
