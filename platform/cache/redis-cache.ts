import { Redis } from 'ioredis';
import { CodedError } from '#domain/error.ts';
import type { Cache } from './cache.ts';

interface RedisCacheOptions {
  /** `redis://` or `rediss://`. */
  url: string;
  /** First part of every key, so that several installations can share a server; default `openclaw:`. */
  keyPrefix?: string;
  /** Limit of one command, in milliseconds; default 250. */
  commandTimeoutMs?: number;
  /** For so many milliseconds after a failure nothing is read or written; default 1000. */
  restMs?: number;
  /** Called when the connection is lost; it is made again automatically. */
  onConnectionLost?: (error: Error) => void;
}

const longestPauseMs = 2_000;

/**
 * Connects, and reconnects after every loss; while Redis is away, commands fail at once or within their limit. After a
 * failure the next ones don't wait at all, except for deletes, which have to be tried.
 */
export function createRedisCache(options: RedisCacheOptions): Cache {
  const { restMs = 1_000 } = options;
  let restsUntil = 0;
  const redis = new Redis(options.url, {
    keyPrefix: options.keyPrefix ?? 'openclaw:',
    commandTimeout: options.commandTimeoutMs ?? 250,
    connectTimeout: 5_000,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(50 * 2 ** times, longestPauseMs),
  });
  redis.on('error', options.onConnectionLost ?? (() => {}));
  const reached = async <Result>(command: () => Promise<Result>): Promise<Result> => {
    try {
      const result = await command();
      restsUntil = 0;
      return result;
    } catch (cause) {
      restsUntil = performance.now() + restMs;
      throw away(cause);
    }
  };
  const unlessResting = async <Result>(command: () => Promise<Result>): Promise<Result> => {
    if (performance.now() < restsUntil) throw away();
    return reached(command);
  };
  return {
    kind: 'redis',
    get: async (key) => (await unlessResting(() => redis.get(key))) ?? undefined,
    set: async (key, value, ttlMs) => {
      await unlessResting(() => redis.set(key, value, 'PX', ttlMs));
    },
    delete: async (key) => {
      await reached(() => redis.del(key));
    },
    ping: async () => {
      await reached(() => redis.ping());
    },
    close: async () => redis.disconnect(),
  };
}

function away(cause?: unknown): CodedError {
  return new CodedError('DATABASE_UNAVAILABLE', { message: 'The cache cannot be reached.', cause });
}
