import { LRUCache } from 'lru-cache';

/** Does something at most once in `ms` per key; if it fails, the next call does it again. */
export type OnceAWhile = (key: string, work: () => Promise<void>) => Promise<void>;

export function createOnceAWhile({ ms, keys = 10_000 }: { ms: number; keys?: number }): OnceAWhile {
  const done = new LRUCache<string, Promise<void>>({ max: keys, ttl: ms });
  return async (key, work) => {
    const running = done.get(key) ?? work();
    done.set(key, running, { noUpdateTTL: true });
    try {
      await running;
    } catch (error) {
      done.delete(key);
      throw error;
    }
  };
}
