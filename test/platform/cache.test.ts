import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Cache } from '#platform/cache/cache.ts';
import { createMemoryCache } from '#platform/cache/memory-cache.ts';
import { createRedisCache } from '#platform/cache/redis-cache.ts';
import { needing } from '../support/needing.ts';
import { eventually } from '../support/people.ts';
import { openSlowLine } from '../support/slow-line.ts';
import { hasTool } from '../support/tools.ts';

const keyPrefix = `test-${randomBytes(4).toString('hex')}:`;

describe.each([['in-memory', createMemoryCache]] as const)('a cache: %s', keepsValues);
needing('redis').each([
  ['redis', () => createRedisCache({ url: inject('redisUrl'), keyPrefix, commandTimeoutMs: 10_000 })],
] as const)('a cache: %s', keepsValues);

function keepsValues(kind: Cache['kind'], open: () => Cache): void {
  let cache: Cache;
  beforeAll(() => {
    cache = open();
  });
  afterAll(() => cache?.close());

  it('says what it is and that it is there', async () => {
    expect(cache.kind).toBe(kind);
    await expect(cache.ping()).resolves.toBeUndefined();
  });

  it('knows nothing of a key that nobody set', async () => {
    expect(await cache.get('never')).toBeUndefined();
  });

  it.each(['', 'plain', '評論 🚀 \u0000 \n', 'x'.repeat(100_000)])(
    'gives back what was set',
    async (value) => {
      await cache.set('key', value, 60_000);
      expect(await cache.get('key')).toBe(value);
    },
  );

  it('keeps the last value', async () => {
    await cache.set('twice', 'one', 60_000);
    await cache.set('twice', 'two', 60_000);
    expect(await cache.get('twice')).toBe('two');
  });

  it('forgets what is deleted, and does not mind deleting nothing', async () => {
    await cache.set('gone', 'x', 60_000);
    await cache.delete('gone');
    await cache.delete('gone');
    expect(await cache.get('gone')).toBeUndefined();
  });

  it('forgets what has had its time', async () => {
    await cache.set('short', 'x', 30);
    await pause(120);
    expect(await cache.get('short')).toBeUndefined();
  });
}

describe('a cache whose Redis is away', () => {
  it('fails with a code, in time, and never hangs', async () => {
    const lost: Error[] = [];
    const cache = createRedisCache({
      url: 'redis://127.0.0.1:9',
      commandTimeoutMs: 500,
      onConnectionLost: (error) => lost.push(error),
    });
    for (const call of [cache.get('a'), cache.set('a', 'b', 1_000), cache.delete('a'), cache.ping()]) {
      await expect(call).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    }
    expect(lost.length).toBeGreaterThan(0);
    await cache.close();
  });

  it.skipIf(!hasTool('redis'))(
    'is asked nothing more for a while, but tries to delete, and counts again once it answers',
    async () => {
      const url = new URL(inject('redisUrl'));
      const line = await openSlowLine({ host: url.hostname, port: Number(url.port) });
      url.host = `127.0.0.1:${line.port}`;
      const cache = createRedisCache({
        url: url.href,
        keyPrefix,
        commandTimeoutMs: 10_000,
        restMs: 3_600_000,
      });
      const isThere = () =>
        cache.ping().then(
          () => true,
          () => false,
        );
      await eventually(isThere, Boolean);
      await cache.set('kept', 'x', 60_000);
      await cache.set('deleted', 'x', 60_000);
      line.cut();
      await expect(cache.get('kept')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
      line.mend();
      await expect(cache.get('kept')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
      await eventually(
        () =>
          cache.delete('deleted').then(
            () => true,
            () => false,
          ),
        Boolean,
      );
      expect(await cache.get('kept')).toBe('x');
      expect(await cache.get('deleted')).toBeUndefined();
      await cache.close();
      await line.close();
    },
  );
});
