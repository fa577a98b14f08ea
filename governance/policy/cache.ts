import { CodedError } from '#domain/error.ts';
import type { Policy } from '#domain/policy/policy.ts';
import type { Verifier } from '#platform/crypto/signature.ts';
import { type PolicySet, policySetDigest } from '#stores/policy/signed-set.ts';
import { type SetRefusal, setRefusal } from './set.ts';

/** A tenant's active policies at one moment. */
export interface PolicySnapshot {
  /** Changes with every change of an active policy of the tenant. */
  revision: string | number;
  policies: readonly Policy[];
}

/** A stored set of policies that was not put in force. */
export interface RefusedSet {
  tenantId: string;
  revision: number;
  /** Of the stored set, whatever its signature says. */
  digest: string;
  why: SetRefusal;
}

interface PolicyCacheOptions {
  readPolicies: (tenantId: string) => Promise<PolicySet>;
  verify: Verifier;
  /** Age in milliseconds at which policies are read again even if nothing was heard of a change. */
  maxAgeMs: number;
  /** Milliseconds on a clock that never goes back. */
  monotonicMs: () => number;
  /** Called for each stored set that is refused, every time it is read. */
  onRefused?: (refused: RefusedSet) => void;
}

export interface PolicyCache {
  /** Throws while there is no good set: without one nothing is allowed. */
  read(tenantId: string): Promise<PolicySnapshot>;
  /** They may have changed: the next `read` looks. */
  forget(tenantId: string): void;
  /** The same for every tenant, after notices may have been missed. */
  forgetAll(): void;
  /** Tenants whose policies may be out of date, since the newest could not be read or were refused. */
  degraded(): readonly string[];
}

interface Cached {
  /** The newest set that passed the checks. */
  good: PolicySet | undefined;
  /** The read under way that will renew `good`. */
  reading: Promise<PolicySet> | undefined;
  readAt: number;
  /** Counts calls of `forget`: a read that began before one may have missed the change. */
  news: number;
  failing: boolean;
}

/** A failed read is tried again after so many milliseconds at most. */
const retryMs = 5_000;

/**
 * Caches the active policies of each tenant. They are read again when they change, and at the latest after `maxAgeMs`.
 * A set that is unsigned, older than one seen before, or doesn't fit the schema is refused. While the newest can't be
 * read, the last good one stays in force, however long that is: it is what somebody with the right to do so last
 * decided.
 */
export function createPolicyCache(options: PolicyCacheOptions): PolicyCache {
  const { maxAgeMs, monotonicMs } = options;
  const cached = new Map<string, Cached>();

  const renew = async (tenantId: string, entry: Cached): Promise<PolicySet> => {
    const { news } = entry;
    const startedAt = monotonicMs();
    try {
      const set = await readWhole(options, { tenantId, overtaken: () => entry.news !== news, entry });
      entry.good = set;
      entry.failing = false;
      if (entry.news === news) entry.readAt = startedAt;
      return set;
    } catch (error) {
      if (error instanceof CodedError && error.code === 'TENANT_UNKNOWN') {
        cached.delete(tenantId);
        throw error;
      }
      entry.failing = true;
      entry.readAt = startedAt;
      if (entry.good === undefined) throw error;
      return entry.good;
    }
  };
  const begin = (tenantId: string, entry: Cached): Promise<PolicySet> => {
    const reading = renew(tenantId, entry).finally(() => {
      if (entry.reading === reading) entry.reading = undefined;
    });
    entry.reading = reading;
    return reading;
  };

  return {
    read(tenantId) {
      const entry = entryOf(cached, tenantId);
      const { good, failing } = entry;
      const keepMs = failing ? Math.min(retryMs, maxAgeMs) : maxAgeMs;
      if (good !== undefined && monotonicMs() - entry.readAt < keepMs) return Promise.resolve(good);
      const reading = entry.reading ?? begin(tenantId, entry);
      // Unless there is news, don't wait for a database that was away a moment ago: the answer would be the cached set
      // anyway.
      if (good !== undefined && failing && Number.isFinite(entry.readAt)) {
        reading.catch(() => {});
        return Promise.resolve(good);
      }
      return reading;
    },
    forget(tenantId) {
      const entry = cached.get(tenantId);
      if (entry !== undefined) makeOld(entry);
    },
    forgetAll() {
      for (const entry of cached.values()) makeOld(entry);
    },
    degraded: () => [...cached].flatMap(([tenantId, { failing }]) => (failing ? [tenantId] : [])),
  };
}

function entryOf(cached: Map<string, Cached>, tenantId: string): Cached {
  const known = cached.get(tenantId);
  if (known !== undefined) return known;
  const entry: Cached = {
    good: undefined,
    reading: undefined,
    readAt: Number.NEGATIVE_INFINITY,
    news: 0,
    failing: false,
  };
  cached.set(tenantId, entry);
  return entry;
}

/** A read under way still answers those who wait for it; later callers get a new one. */
function makeOld(entry: Cached): void {
  entry.news += 1;
  entry.readAt = Number.NEGATIVE_INFINITY;
  entry.reading = undefined;
}

interface Reading {
  tenantId: string;
  entry: Cached;
  /** Has a change been announced since it began? */
  overtaken: () => boolean;
}

async function readWhole(
  { readPolicies, verify, onRefused = () => {} }: PolicyCacheOptions,
  { tenantId, entry, overtaken }: Reading,
): Promise<PolicySet> {
  const set = await readPolicies(tenantId);
  const { good } = entry;
  // A later read overtook this one: nothing is wrong.
  if (good !== undefined && set.revision < good.revision && overtaken()) return good;
  const why = setRefusal(verify, { tenantId, set, highest: good });
  if (why === undefined) return set;
  onRefused({ tenantId, revision: set.revision, digest: policySetDigest(set.policies), why });
  throw new Error(`the stored policies of ${tenantId} are refused: ${why}`);
}
