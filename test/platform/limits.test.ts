import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest';
import { type Limits, openLimits } from '#platform/cache/open-limits.ts';
import { createSecret, type Secret } from '#platform/config/secret.ts';
import { needing } from '../support/needing.ts';
import { eventually } from '../support/people.ts';
import { openSlowLine, type SlowLine } from '../support/slow-line.ts';

const describe = needing('redis');

const perMinute = { changes: 5, probe: 1_000_000 };
const keyPrefix = `test-${randomBytes(4).toString('hex')}:`;
let line: SlowLine;
let url: Secret;
const opened: Limits<'changes' | 'probe'>[] = [];

beforeAll(async () => {
  const direct = new URL(inject('redisUrl'));
  line = await openSlowLine({ host: direct.hostname, port: Number(direct.port) });
  direct.host = `127.0.0.1:${line.port}`;
  url = createSecret(direct.href);
});
/** Over new connections: late answers of an old one would pass for those of later calls. */
function backAgain(): void {
  line.delay(0);
  line.cut();
  line.mend();
}

afterEach(async () => {
  backAgain();
  for (const limits of opened.splice(0)) await limits.close();
});
afterAll(() => line?.close());

/** A gateway's, once it counts in Redis too. */
async function connected(): Promise<Limits<'changes' | 'probe'>> {
  const limits = openLimits({ url, perMinute, keyPrefix, onConnectionLost: () => {}, restMs: 50 });
  opened.push(limits);
  await sharesCounts(limits);
  return limits;
}

/** Whoever counts in Redis sees what was counted there before. */
async function sharesCounts(limits: Limits<'changes' | 'probe'>): Promise<void> {
  const key = `probe:${randomBytes(4).toString('hex')}`;
  const redis = new Redis(inject('redisUrl'));
  const isShared = async () => {
    await limits.take('probe', key);
    return (await redis.exists(`${keyPrefix}limit:probe:${key}`)) === 1;
  };
  await eventually(isShared, Boolean);
  redis.disconnect();
}

async function allowed(limits: Limits<'changes' | 'probe'>, key: string, times: number): Promise<number> {
  let count = 0;
  for (let n = 0; n < times; n += 1) if ((await limits.take('changes', key)).allowed) count += 1;
  return count;
}

async function flush(): Promise<void> {
  const redis = new Redis(inject('redisUrl'));
  const kept = await redis.keys(`${keyPrefix}*`);
  if (kept.length > 0) await redis.del(...kept);
  redis.disconnect();
}

const tenant = () => `tenant:${randomBytes(4).toString('hex')}`;

describe('a limit', () => {
  it.each([
    ['emptied', flush],
    ['cut off', async () => line.cut()],
    ['slower than we wait', async () => line.delay(10_000)],
  ])('is never off in a process, though Redis is %s in the middle and comes back', async (_how, fault) => {
    const limits = await connected();
    const key = tenant();
    expect(await allowed(limits, key, 2)).toBe(2);
    await fault();
    expect(await allowed(limits, key, 2)).toBe(2);
    backAgain();
    await sharesCounts(limits);
    expect(await allowed(limits, key, 20)).toBe(1);
    await fault();
    expect(await allowed(limits, key, 20)).toBe(0);
  });

  it('holds for all processes together, and for each by itself while Redis is away', async () => {
    const both = [await connected(), await connected()] as const;
    const [one, other] = both;
    const together = tenant();
    expect((await allowed(one, together, 3)) + (await allowed(other, together, 20))).toBe(5);
    line.cut();
    const apart = tenant();
    for (const limits of both) expect(await allowed(limits, apart, 20)).toBe(5);
    expect(await allowed(one, together, 20)).toBe(2);
    expect(await allowed(other, together, 20)).toBe(0);
  });
});
