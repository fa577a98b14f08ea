import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';

export type PaceKind = 'reads' | 'changes';

/** Waits for a call's turn in its tenant's line; throws `RATE_LIMITED` where that would take too long. */
export type KeepPace = (kind: PaceKind, caller: Pick<Actor, 'tenantId' | 'userId'>) => Promise<void>;

interface TenantPaceOptions {
  /** Calls a second that this process's machine carries. */
  perSecond: Readonly<Record<PaceKind, number>>;
  /** Milliseconds that a call waits at most; default 2000. */
  longestWaitMs?: number;
  /** Milliseconds that never go back; the process's own by default. */
  monotonicMs?: () => number;
  /** Lets milliseconds pass. */
  wait?: (ms: number) => Promise<unknown>;
}

/** What a tenant gets while others are there, and what a person gets of that, so that nobody locks colleagues out. */
const shares = { besideOthers: 1 / 3, ofOnePerson: 1 / 2 };

/** Milliseconds after a call for which whoever made it counts as being there: a tenant, or a person. */
const presenceMs = 10_000;

/** Calls that may begin at the same moment: a page asks for some six things at once. */
const burstOf = (perSecond: number) => Math.max(6, Math.ceil(perSecond / 4));

const mostLines = 50_000;

/**
 * Calls of a tenant begin at an even pace: beyond it they wait in the tenant's own line, and not in that of everybody
 * else. The generic cell rate algorithm (ITU-T I.371), for each process by itself: it is the process that others wait for.
 */
export function createTenantPace(options: TenantPaceOptions): KeepPace {
  const { perSecond, longestWaitMs = 2_000, monotonicMs = () => performance.now(), wait = sleep } = options;
  const othersThan = createOthersThan();
  /** When the next call of a line would begin if there were no bursts. */
  const due = new LRUCache<string, number>({ max: mostLines });

  const placeIn = (line: string, rate: number, now: number) => {
    const intervalMs = 1_000 / rate;
    const known = due.get(line) ?? Number.NEGATIVE_INFINITY;
    const next = Math.max(now, known);
    return {
      waitMs: next - now - (burstOf(rate) - 1) * intervalMs,
      isQuiet: now - (known - intervalMs) >= presenceMs,
      take: () => void due.set(line, next + intervalMs),
    };
  };
  return async (kind, { tenantId, userId }) => {
    const now = monotonicMs();
    const rate = perSecond[kind] * (othersThan(tenantId, now) ? shares.besideOthers : 1);
    const ofTenant = placeIn(`${kind}|${tenantId}`, rate, now);
    const ofPerson = placeIn(`${kind}|${tenantId}|${userId}`, rate * shares.ofOnePerson, now);
    const waitMs = Math.max(ofTenant.waitMs, ofPerson.waitMs);
    if (waitMs <= longestWaitMs) {
      ofTenant.take();
      ofPerson.take();
      if (waitMs > 0) await wait(waitMs);
      return;
    }
    // However long busy colleagues have made the line: who votes or stops something now and then gets in.
    if (kind === 'reads' || !ofPerson.isQuiet) {
      throw new CodedError('RATE_LIMITED', { retryAfterMs: Math.ceil(waitMs) });
    }
    ofPerson.take();
    await wait(longestWaitMs);
  };
}

/** Notes a tenant's call; was another tenant there of late? */
function createOthersThan(): (tenantId: string, now: number) => boolean {
  let latest = { tenantId: '', at: Number.NEGATIVE_INFINITY };
  let other = latest;
  return (tenantId, now) => {
    if (latest.tenantId !== tenantId) other = latest;
    latest = { tenantId, at: now };
    return now - other.at < presenceMs;
  };
}
