import { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Secret } from '#platform/config/secret.ts';

/** The result of taking one call from a budget. */
export interface Taken {
  allowed: boolean;
  limit: number;
  remaining: number;
  /** Milliseconds until the budget is full again. */
  resetMs: number;
}

/** Budgets of calls per minute, by name; `key` says whose: `tenant:acme`. */
export interface Limits<Name extends string> {
  take(name: Name, key: string): Promise<Taken>;
  close(): Promise<void>;
}

interface OpenLimitsOptions<Name extends string> {
  /** REDIS_URL; `undefined` = in this process alone. */
  url: Secret | undefined;
  /** Calls per minute. */
  perMinute: Readonly<Record<Name, number>>;
  onConnectionLost: (error: Error) => void;
  /** First part of every key in Redis; default `openclaw:`. */
  keyPrefix?: string;
  /** How long a call waits for Redis, in milliseconds; default 200. */
  commandTimeoutMs?: number;
  /** For so many milliseconds after a failure Redis is not asked again; default 1000. */
  restMs?: number;
}

const windowSeconds = 60;

/**
 * Every call is counted in this process, and in Redis for all gateways together. Without Redis, or after it was
 * flushed, the count of the process applies: a limit is never off, at worst it counts for each gateway separately.
 */
export function openLimits<Name extends string>(options: OpenLimitsOptions<Name>): Limits<Name> {
  const { url, perMinute, commandTimeoutMs = 200, restMs = 1_000 } = options;
  const redis =
    url === undefined ? undefined : connect(url.reveal(), commandTimeoutMs, options.onConnectionLost);
  const keyPrefix = `${options.keyPrefix ?? 'openclaw:'}limit`;
  const pairs = new Map<
    Name,
    { limit: number; own: RateLimiterMemory; shared: RateLimiterRedis | undefined }
  >();
  for (const name in perMinute) {
    const limit = perMinute[name];
    const settings = { points: limit, duration: windowSeconds, keyPrefix: `${keyPrefix}:${name}` };
    pairs.set(name, {
      limit,
      own: new RateLimiterMemory(settings),
      shared:
        redis === undefined
          ? undefined
          : new RateLimiterRedis({ ...settings, storeClient: redis, rejectIfRedisNotReady: true }),
    });
  }
  let restsUntil = 0;

  return {
    async take(name, key) {
      const pair = pairs.get(name);
      if (pair === undefined) throw new RangeError(`there is no limit called ${name}`);
      const { limit, own, shared } = pair;
      const here = taken(limit, await consume(own, key));
      if (shared === undefined || !here.allowed || performance.now() < restsUntil) return here;
      try {
        const everywhere = taken(limit, await consume(shared, key));
        return everywhere.remaining < here.remaining || !everywhere.allowed ? everywhere : here;
      } catch {
        restsUntil = performance.now() + restMs;
        return here;
      }
    },
    close: async () => redis?.disconnect(),
  };
}

/** The library throws a refusal as a result, and anything else as an error. */
async function consume(limiter: RateLimiterMemory | RateLimiterRedis, key: string): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(key);
  } catch (thrown) {
    if (thrown instanceof RateLimiterRes) return thrown;
    throw thrown;
  }
}

function taken(limit: number, { consumedPoints, msBeforeNext }: RateLimiterRes): Taken {
  return {
    allowed: consumedPoints <= limit,
    limit,
    remaining: Math.max(0, limit - consumedPoints),
    resetMs: Math.max(0, msBeforeNext),
  };
}

function connect(url: string, commandTimeout: number, onConnectionLost: (error: Error) => void): Redis {
  const redis = new Redis(url, {
    commandTimeout,
    connectTimeout: 5_000,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: (times) => Math.min(50 * 2 ** times, 2_000),
  });
  redis.on('error', onConnectionLost);
  return redis;
}
