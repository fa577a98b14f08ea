import { Redis } from 'ioredis';

/** Every key of a Redis database with its value, as text. */
export async function contentsOfRedis(url: string): Promise<string> {
  const redis = new Redis(url);
  try {
    const keys = await redis.keys('*');
    const values = await Promise.all(
      keys.map(async (key) => {
        const value = await redis.dumpBuffer(key);
        return `${key} ${value?.toString('latin1') ?? ''}`;
      }),
    );
    return values.join('\n');
  } finally {
    redis.disconnect();
  }
}
