import { LRUCache } from 'lru-cache';
import type { Cache } from './cache.ts';

const entriesMax = 50_000;
const bytesMax = 64 * 1_048_576;

/** The cache of a single gateway, within its process and bounded; the least recently used entries are dropped first. */
export function createMemoryCache(): Cache {
  const entries = new LRUCache<string, string>({
    max: entriesMax,
    maxSize: bytesMax,
    sizeCalculation: (value, key) => 2 * (value.length + key.length) + 1,
  });
  return {
    kind: 'in-memory',
    get: async (key) => entries.get(key),
    set: async (key, value, ttlMs) => {
      entries.set(key, value, { ttl: ttlMs });
    },
    delete: async (key) => {
      entries.delete(key);
    },
    ping: async () => undefined,
    close: async () => entries.clear(),
  };
}
