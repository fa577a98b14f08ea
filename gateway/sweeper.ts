import { CodedError, type ErrorCode } from '#domain/error.ts';
import type { RequestStore, StoredRequest } from '#stores/requests.ts';
import type { TenantStore } from '#stores/tenants.ts';
import type { Metrics } from './metrics.ts';
import type { StartRequest } from './start-request.ts';

interface SweeperOptions {
  tenants: TenantStore;
  requests: RequestStore;
  startRequest: StartRequest;
  metrics: Pick<Metrics, 'swept'>;
  log: { warn(fields: object, message: string): void };
  /** Milliseconds between two sweeps, give or take a fifth, so that several gateways spread out. */
  intervalMs: number;
  /** Milliseconds after which a start counts as lost. */
  olderThanMs: number;
}

export interface Sweeper {
  /** One look at every tenant; returns how many requests it started. */
  sweep(): Promise<number>;
  start(): void;
  /** Waits for the sweep that runs. */
  stop(): Promise<void>;
}

const batch = 50;

/**
 * Starts requests whose start got lost: Temporal away, gateway killed. Several gateways may do so at once; starting
 * is idempotent in every part (audit by dedupe key, plan once, workflow id), so that no lock is needed.
 */
export function createSweeper(options: SweeperOptions): Sweeper {
  const { tenants, requests, metrics, log, intervalMs, olderThanMs } = options;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let stopped = false;

  const sweep = async () => {
    let started = 0;
    for (const { id: tenantId } of await tenants.list()) {
      for (const row of await requests.unstarted(tenantId, { olderThanMs, limit: batch })) {
        if (stopped) return started;
        const outcome = await startOne(options, row);
        if (outcome === 'away') return started;
        if (outcome === 'started') {
          started += 1;
          metrics.swept();
        }
      }
    }
    return started;
  };

  const schedule = () => {
    if (stopped) return;
    timer = setTimeout(
      () => {
        running = sweep()
          .catch((error: unknown) => log.warn({ err: error }, 'the sweep failed; it comes again'))
          .then(schedule);
      },
      intervalMs * (0.8 + 0.4 * Math.random()),
    );
  };

  return {
    sweep,
    start: schedule,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/** Codes of what is away for one request and so for all; anything else is the fault of the one request. */
const away: readonly ErrorCode[] = ['AUDIT_WRITE_FAILED', 'DATABASE_UNAVAILABLE', 'TEMPORAL_UNAVAILABLE'];

async function startOne({ startRequest, log }: SweeperOptions, row: StoredRequest): Promise<Started> {
  try {
    await startRequest.only(row);
    return 'started';
  } catch (error) {
    log.warn({ err: error, requestId: row.id }, 'the request could not be started; it is tried again');
    const mineAlone = error instanceof CodedError && !away.includes(error.code);
    return mineAlone ? 'refused' : 'away';
  }
}

type Started = 'started' | 'refused' | 'away';
