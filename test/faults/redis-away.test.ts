import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { followRights } from '#gateway/identity/follow-rights.ts';
import type { BrowserSessions } from '#gateway/identity/session/browser-sessions.ts';
import type { Cache } from '#platform/cache/cache.ts';
import { createRedisCache } from '#platform/cache/redis-cache.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import { emptyRedis } from '../support/empty-redis.ts';
import { eventually } from '../support/eventually.ts';
import { type FakeProvider, makeKey, startFakeProvider } from '../support/fake-provider.ts';
import { needing } from '../support/needing.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';
import { openSlowLine, type SlowLine } from '../support/slow-line.ts';
import { openTestGateway, people, type TestGateway } from '../support/test-gateway.ts';
import { openTestIdentity } from '../support/test-identity.ts';

const describe = needing('redis');

let redisUrl: string;
let line: SlowLine;
/** Of Redis, through the line. */
let through: string;

beforeAll(async () => {
  redisUrl = await emptyRedis();
  const { hostname, port } = new URL(redisUrl);
  line = await openSlowLine({ host: hostname, port: Number(port) });
  const url = new URL(redisUrl);
  url.host = `127.0.0.1:${line.port}`;
  through = url.href;
});
afterEach(() => {
  line.delay(0);
  line.mend();
});
afterAll(() => line?.close());

async function flush(): Promise<void> {
  const redis = new Redis(redisUrl);
  await redis.flushdb();
  redis.disconnect();
}

const answers = (cache: Cache) =>
  eventually(
    () =>
      cache.ping().then(
        () => true,
        () => false,
      ),
    (isThere) => isThere,
  );

describe('a browser’s session', () => {
  let opened: TestStores;
  let provider: FakeProvider;
  let cache: Cache;
  let sessions: BrowserSessions;
  let time = Date.now();

  beforeAll(async () => {
    opened = await openTestStores();
    provider = await startFakeProvider([await makeKey('ES256', 'k1')]);
  });
  beforeEach(async () => {
    time = Date.now();
    cache = createRedisCache({ url: through, commandTimeoutMs: 300 });
    const { stores } = opened;
    const publicUrl = 'https://gateway.test';
    ({ sessions } = openTestIdentity({
      stores,
      issuer: provider.issuer,
      publicUrl,
      cache,
      nowMs: () => time,
    }));
    await answers(cache);
  });
  afterEach(() => cache.close());
  afterAll(async () => {
    await provider?.close();
    await opened?.close();
  });

  const open = () => {
    const actor = { tenantId: 'acme', userId: 'acme-user', role: 'user', orgUnit: 'engineering' } as const;
    const at = new Date(time).toISOString();
    return sessions.open(
      {
        identity: { actor, email: null, name: null, statedAt: at, issuedAt: at },
        expiresAt: Math.floor(time / 1_000) + 900,
        accessToken: 'at',
        refreshToken: 'r0',
        idToken: null,
        providerSession: null,
        offline: true,
      },
      'a browser',
    );
  };
  const found = (cookie: string) =>
    sessions.find(cookie).then(
      ({ identity }) => identity.actor.userId,
      (error: { code?: string }) => error.code,
    );

  it.each([
    ['flushed', flush],
    ['killed', async () => line.cut()],
    ['slower than we wait', async () => line.delay(2_000)],
  ])('goes on while Redis is %s, and after', async (_how, fault) => {
    const cookie = await open();
    expect(await found(cookie)).toBe('acme-user');
    await fault();
    expect(await found(cookie)).toBe('acme-user');
    line.delay(0);
    line.mend();
    await answers(cache);
    expect(await found(cookie)).toBe('acme-user');
  });

  it.each([
    ['flushed', flush],
    ['killed', async () => line.cut()],
    ['slower than we wait', async () => line.delay(2_000)],
  ])('that was ended is not there while Redis is %s', async (_how, fault) => {
    const cookie = await open();
    await found(cookie);
    await sessions.end(cookie);
    await fault();
    expect(await found(cookie)).toBe('session_not_found');
  });

  it.each<[string, (cookie: string) => Promise<unknown>]>([
    ['ended', (cookie) => sessions.end(cookie)],
    ['ended with all of its person', () => sessions.endAllOf('acme', 'acme-user')],
  ])('that was %s while Redis was away stays gone when it is back', async (_how, end) => {
    const cookie = await open();
    await found(cookie);
    line.cut();
    await end(cookie);
    expect(await found(cookie)).toBe('session_not_found');
    line.mend();
    await answers(cache);
    expect(await found(cookie)).toBe('session_not_found');
  });

  it('that was ended where Redis is away is gone in a gateway that reaches Redis', async () => {
    const near = createRedisCache({ url: redisUrl });
    const publicUrl = 'https://gateway.test';
    const { stores, databases } = opened;
    const options = { stores, issuer: provider.issuer, publicUrl, cache: near, nowMs: () => time };
    const { sessions: others, forgetRights } = openTestIdentity(options);
    const heard: unknown[] = [];
    const forget: typeof forgetRights = (person) => {
      // What is told at the start would hide what is told of the person.
      if (person !== undefined) forgetRights(person);
      heard.push(person);
    };
    const log = { info: () => {}, warn: () => {} };
    const news = followRights({ url: databases.databaseUrl, forget, log });
    try {
      await eventually(
        async () => heard,
        ({ length }) => length > 0,
      );
      await answers(near);
      const cookie = await open();
      await found(cookie);
      const reader = new Redis(redisUrl, { keyPrefix: 'openclaw:' });
      const copy = `session:${sha256Hex(cookie)}`;
      line.cut();
      expect((await others.find(cookie)).identity.actor.userId).toBe('acme-user');
      await sessions.end(cookie);
      expect(await reader.exists(copy)).toBe(1);
      reader.disconnect();
      await eventually(
        async () => heard,
        ({ length }) => length > 1,
      );
      expect(heard[1]).toEqual({ tenantId: 'acme', userId: 'acme-user' });
      await expect(others.find(cookie)).rejects.toMatchObject({ code: 'session_not_found' });
    } finally {
      await news.close();
      await near.close();
    }
  });
});

describe('the gateway', () => {
  let test: TestGateway;

  beforeAll(async () => {
    test = await openTestGateway({ REDIS_URL: through, RATE_LIMIT_REQUESTS: '6' });
  });
  afterAll(() => test?.close());

  const verdictOf = async () => {
    const answer = await test.as(people.user, {
      method: 'POST',
      url: '/api/v1/policies/evaluate',
      payload: { action: 'github_pr_close' },
    });
    return [answer.statusCode, answer.json().decision ?? answer.json().verdict];
  };
  const ask = () =>
    test.as(people.peer, { method: 'POST', url: '/api/v1/approvals/apr_x/decision', payload: {} });

  it.each([
    ['flushed', flush],
    ['killed', async () => line.cut()],
    ['slower than we wait', async () => line.delay(2_000)],
  ])('decides as before while Redis is %s, and reads on', async (_how, fault) => {
    const before = await verdictOf();
    await fault();
    expect(await verdictOf()).toEqual(before);
    expect((await test.as(people.user, { url: '/api/v1/requests' })).statusCode).toBe(200);
  });

  it('counts calls on when Redis is killed in the middle', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      if (n === 3) line.cut();
      statuses.push((await ask()).statusCode);
    }
    expect(statuses.slice(0, 6)).not.toContain(429);
    expect(statuses[6]).toBe(429);
  });
});
