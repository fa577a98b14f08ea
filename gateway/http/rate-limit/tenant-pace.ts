import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';

export type PaceKind = 'reads' | 'changes';

/** Waits for a call's turn in its tenant's queue; throws `RATE_LIMITED` where that would take too long. */
export type KeepPace = (kind: PaceKind, caller: Pick<Actor, 'tenantId' | 'userId'>) => Promise<void>;

interface TenantPaceOptions {
  /** Calls per second that the machine of this process can serve. */
  perSecond: Readonly<Record<PaceKind, number>>;
  /** How long a call waits at most, in milliseconds; default 2000. */
  longestWaitMs?: number;
  /** A clock that never goes back; default: that of the process. */
  monotonicMs?: () => number;
  /** Waits for so many milliseconds. */
  wait?: (ms: number) => Promise<unknown>;
}

/** The share of a tenant while others are there, and of one person in it, so that nobody locks out colleagues. */
const shares = { besideOthers: 1 / 3, ofOnePerson: 1 / 2 };

/** For so many milliseconds after a call its tenant, and its person, count as being there. */
const presenceMs = 10_000;

/** Calls that may begin at the same moment: a page makes about six at once. */
const burstOf = (perSecond: number) => Math.max(6, Math.ceil(perSecond / 4));

const mostLines = 50_000;

/**
 * Lets the calls of a tenant begin at an even pace: beyond it they wait in the tenant's own queue rather than in
 * everybody's. The generic cell rate algorithm (ITU-T I.371), separately in each process: it is the process that calls
 * would wait for.
 */
export function createTenantPace(options: TenantPaceOptions): KeepPace {
  const { perSecond, longestWaitMs = 2_000, monotonicMs = () => performance.now(), wait = sleep } = options;
  const othersThan = createOthersThan();
  /** When the next call of a queue would begin if there were no bursts. */
  const due = new LRUCache<string, number>({ max: mostLines });

  const placeIn = (line: string, rate: number, atMs: number) => {
    const intervalMs = 1_000 / rate;
    const known = due.get(line) ?? Number.NEGATIVE_INFINITY;
    const next = Math.max(atMs, known);
    return {
      waitMs: next - atMs - (burstOf(rate) - 1) * intervalMs,
      isQuiet: atMs - (known - intervalMs) >= presenceMs,
      take: () => void due.set(line, next + intervalMs),
    };
  };
  return async (kind, { tenantId, userId }) => {
    const atMs = monotonicMs();
    const rate = perSecond[kind] * (othersThan(tenantId, atMs) ? shares.besideOthers : 1);
    const ofTenant = placeIn(`${kind}|${tenantId}`, rate, atMs);
    const ofPerson = placeIn(`${kind}|${tenantId}|${userId}`, rate * shares.ofOnePerson, atMs);
    const waitMs = Math.max(ofTenant.waitMs, ofPerson.waitMs);
    if (waitMs <= longestWaitMs) {
      ofTenant.take();
      ofPerson.take();
      if (waitMs > 0) await wait(waitMs);
      return;
    }
    // However long the queue that busy colleagues made: a person who votes or stops something now and then gets in.
    if (kind === 'reads' || !ofPerson.isQuiet) {
      throw new CodedError('RATE_LIMITED', { retryAfterMs: Math.ceil(waitMs) });
    }
    ofPerson.take();
    await wait(longestWaitMs);
  };
}

/** Notes a call of a tenant; was another tenant there recently? */
function createOthersThan(): (tenantId: string, atMs: number) => boolean {
  let latest = { tenantId: '', at: Number.NEGATIVE_INFINITY };
  let other = latest;
  return (tenantId, atMs) => {
    if (latest.tenantId !== tenantId) other = latest;
    latest = { tenantId, at: atMs };
    return atMs - other.at < presenceMs;
  };
}
