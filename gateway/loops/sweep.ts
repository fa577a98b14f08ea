import { isGrpcServiceError, ServiceError } from '@temporalio/client';
import { CodedError, type ErrorCode } from '#domain/error.ts';
import { isWorking } from '#domain/tenant/tenant.ts';
import type { RecordGaps } from '#governance/upkeep/record-gaps.ts';
import type { DueRequest, RequestStore } from '#stores/request/requests.ts';
import type { TenantStore } from '#stores/tenant/tenants.ts';
import type { Metrics } from '../http/metrics.ts';
import type { StartRequest } from '../temporal/start-request.ts';

interface SweepOptions {
  tenants: TenantStore;
  requests: RequestStore;
  startRequest: StartRequest;
  recordGaps: RecordGaps;
  metrics: Pick<Metrics, 'swept'>;
  log: { warn(fields: object, message: string): void };
  /** Milliseconds after which a start counts as lost. */
  olderThanMs: number;
  /** After so many milliseconds without a change we check that the workflow still runs; default ten minutes. */
  quietMs?: number;
}

/** Goes through all tenants once; returns how many requests it started. */
export type Sweep = (signal?: AbortSignal) => Promise<number>;

const batch = 50;
/** Most requests wait for people, for days, so each sweep checks only a few of them, in turn. */
const looksPerSweep = 10;

/**
 * Starts requests whose start was lost (Temporal away, gateway killed), and starts anew those whose workflow was
 * cancelled, terminated or forgotten. Several gateways may do so at the same time: starting is idempotent in every part
 * (audit by dedupe key, plan once, workflow id), so no lock is needed.
 */
export function createSweep(options: SweepOptions): Sweep {
  const { tenants, requests, metrics, olderThanMs, quietMs = 600_000 } = options;
  const lookedAt = new Map<string, string>();

  /** Requests whose start was lost, then some that started long ago. */
  const due = async (tenantId: string) => {
    const after = lookedAt.get(tenantId) ?? '';
    const unstarted = await requests.unstarted(tenantId, { olderThanMs, limit: batch });
    const underWay = await requests.underWay(tenantId, { quietMs, after, limit: looksPerSweep });
    lookedAt.set(tenantId, underWay.length < looksPerSweep ? '' : (underWay.at(-1)?.id ?? ''));
    return [...unstarted, ...underWay];
  };

  return async (signal) => {
    let started = 0;
    for (const { id: tenantId, status } of await tenants.list()) {
      if (!isWorking(status)) continue;
      for (const row of await due(tenantId)) {
        if (signal?.aborted) return started;
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
}

/**
 * Codes that mean that something is away, for this request and so for all; any other error concerns this request alone.
 */
const away: readonly ErrorCode[] = ['AUDIT_WRITE_FAILED', 'DATABASE_UNAVAILABLE', 'TEMPORAL_UNAVAILABLE'];

async function startOne(options: SweepOptions, row: DueRequest): Promise<Started> {
  const { startRequest, log } = options;
  try {
    if (row.isForeign) {
      await endForeign(options, row);
      return 'refused';
    }
    if (row.state !== 'received') return (await startRequest.again(row)) ? 'started' : 'runs';
    await startRequest.only(row);
    return 'started';
  } catch (error) {
    log.warn({ err: error, requestId: row.id }, 'the request could not be started; it is tried again');
    return isAway(error) ? 'away' : 'refused';
  }
}

/** Nobody asked for it: it is on record as that, in nobody's name, and ends. */
async function endForeign({ recordGaps, requests, log }: SweepOptions, row: DueRequest): Promise<void> {
  const { tenantId, id } = row;
  log.warn({ requestId: id, tenantId }, 'a request that no process of ours wrote is not started');
  await recordGaps(tenantId, [{ kind: 'request_foreign', ref: id }]);
  await requests.endForeign(tenantId, id);
}

/** gRPC's code for a call that will never be accepted as it is. */
const invalidArgument = 3;

/** A problem with one row must not stop the others. */
function isAway(error: unknown): boolean {
  if (error instanceof CodedError) return away.includes(error.code);
  const cause = error instanceof ServiceError ? (error.cause ?? error) : error;
  if (isGrpcServiceError(cause)) return cause.code !== invalidArgument;
  return error instanceof ServiceError;
}

type Started = 'started' | 'runs' | 'refused' | 'away';
