import type { Secret } from '#platform/config/secret.ts';
import type { Cache } from './cache.ts';
import { createMemoryCache } from './memory-cache.ts';
import { createRedisCache } from './redis-cache.ts';

interface OpenCacheOptions {
  /** REDIS_URL; `undefined` = in this process. */
  url: Secret | undefined;
  onConnectionLost: (error: Error) => void;
}

export function openCache({ url, onConnectionLost }: OpenCacheOptions): Cache {
  return url === undefined ? createMemoryCache() : createRedisCache({ url: url.reveal(), onConnectionLost });
}
