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
  /** Its database file lives in `temporal/` inside. */
  dataDir: string;
  logFile: string;
  /** Where Temporal's page has payloads decoded; absent = they stay unreadable there. */
  codecEndpoint?: string;
  /** `false`: no page (tests). */
  ui?: boolean;
}

export interface TemporalPart extends ProcessPart {
  /** `host:port` of the gRPC side. */
  address: string;
}

/**
 * Without the raised poll limits the dev server handles 20 workflow tasks a second; with the pragmas its file is nearly
 * as fast as memory and survives `kill -9`. Fairness keeps one tenant's backlog from holding up the others.
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

/** The Temporal dev server on a database file, loopback only. `url` is its page. */
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
      // HOME is the data folder's own: the program would else read the user's own Temporal profile.
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

/** The port opens before the namespace exists, so ask for that. */
async function serves(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 1000 });
  try {
    await connection.workflowService.describeNamespace({ namespace: 'default' });
  } finally {
    await connection.close();
  }
}
