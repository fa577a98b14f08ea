import { Redis } from 'ioredis';
import { inject } from 'vitest';

const databases = 16;

/** A Redis database that no test file running at this moment shares, emptied; its URL. */
export async function emptyRedis(): Promise<string> {
  const url = new URL(inject('redisUrl'));
  url.pathname = `/${Number(process.env['VITEST_POOL_ID'] ?? '0') % databases}`;
  const redis = new Redis(url.href);
  try {
    await redis.flushdb();
  } finally {
    redis.disconnect();
  }
  return url.href;
}
