import { Redis } from 'ioredis';
import { CodedError } from '#domain/error.ts';
import type { Cache } from './cache.ts';

interface RedisCacheOptions {
  /** `redis://` or `rediss://`. */
  url: string;
  /** First part of every key, so that several installations can share a server; default `openclaw:`. */
  keyPrefix?: string;
  /** Milliseconds after which one command is given up; default 1000. */
  commandTimeoutMs?: number;
  /** Told when the connection is lost; it is made again by itself. */
  onConnectionLost?: (error: Error) => void;
}

const longestPauseMs = 2_000;

/** Connects by itself and again after every loss; while Redis is away commands fail at once or in time. */
export function createRedisCache(options: RedisCacheOptions): Cache {
  const redis = new Redis(options.url, {
    keyPrefix: options.keyPrefix ?? 'openclaw:',
    commandTimeout: options.commandTimeoutMs ?? 1_000,
    connectTimeout: 5_000,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(50 * 2 ** times, longestPauseMs),
  });
  redis.on('error', options.onConnectionLost ?? (() => {}));
  return {
    kind: 'redis',
    get: async (key) => (await reached(redis.get(key))) ?? undefined,
    set: async (key, value, ttlMs) => {
      await reached(redis.set(key, value, 'PX', ttlMs));
    },
    delete: async (key) => {
      await reached(redis.del(key));
    },
    ping: async () => {
      await reached(redis.ping());
    },
    close: async () => redis.disconnect(),
  };
}

async function reached<Result>(command: Promise<Result>): Promise<Result> {
  try {
    return await command;
  } catch (cause) {
    throw new CodedError('DATABASE_UNAVAILABLE', { message: 'The cache cannot be reached.', cause });
  }
}
