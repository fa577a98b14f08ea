import { createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { emptyRedis } from '../../../support/empty-redis.ts';
import { needing } from '../../../support/needing.ts';
import { eventually } from '../../../support/people.ts';
import { openTestGateway, people, type TestGateway, type TestPerson } from '../../../support/test-gateway.ts';

const describe = needing('redis');

/** One for all: each test counts other people or other calls. */
let test: TestGateway;
let redisUrl: string;

beforeAll(async () => {
  redisUrl = await emptyRedis();
  test = await openTestGateway({
    REDIS_URL: redisUrl,
    RATE_LIMIT_REQUESTS: '3',
    RATE_LIMIT_READS: '5',
    RATE_LIMIT_AUDIT_READS: '4',
    RATE_LIMIT_STATUS: '6',
    RATE_LIMIT_POLICY_MUTATIONS: '3',
  });
});
afterAll(() => test?.close());

const read = (person: TestPerson) => test.as(person, { url: '/api/v1/requests' });
const ask = (person: TestPerson) =>
  test.as(person, { method: 'POST', url: '/api/v1/approvals/apr_x/decision', payload: {} });

async function statuses(times: number, call: () => Promise<{ statusCode: number }>): Promise<number[]> {
  const seen: number[] = [];
  for (let n = 0; n < times; n += 1) seen.push((await call()).statusCode);
  return seen;
}

describe('calls beyond a limit', () => {
  it('are refused with 429, say when to come again, and cost nobody else anything', async () => {
    expect(await statuses(5, () => read(people.user))).toEqual([200, 200, 200, 200, 200]);
    const refused = await read(people.user);
    expect([refused.statusCode, refused.json().error]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(refused.headers).toMatchObject({
      'ratelimit-limit': '5',
      'ratelimit-remaining': '0',
      'ratelimit-policy': '5;w=60',
    });
    expect((await read(people.peer)).statusCode).toBe(200);
    expect((await read(people.peer)).headers['ratelimit-remaining']).toBe('3');
  });

  it('of audit count for the whole tenant, and for no other', async () => {
    const look = (person: TestPerson) => test.as(person, { url: '/api/v1/audit' });
    expect(await statuses(2, () => look(people.lead))).toEqual([200, 200]);
    expect(await statuses(3, () => look(people.admin))).toEqual([200, 200, 429]);
    expect((await look(people.stranger)).statusCode).toBe(200);
  });

  it('of policies count for the tenant where they may reach others, and else for the person', async () => {
    const change = (person: TestPerson) =>
      test.as(person, {
        method: 'DELETE',
        url: '/api/v1/policies/pol_00000000000000000000000000',
        payload: { change_reason: 'x' },
      });
    expect(await statuses(4, () => change(people.user))).toEqual([404, 404, 404, 429]);
    expect(await statuses(1, () => change(people.peer))).toEqual([404]);
    expect(await statuses(2, () => change(people.admin))).toEqual([404, 404]);
    expect(await statuses(2, () => change(people.lead))).toEqual([404, 429]);
  });

  it('of status count for the calling address', async () => {
    const seen = await statuses(7, () => test.app.inject({ url: '/api/v1/status' }));
    expect(seen.at(-1)).toBe(429);
    expect(seen.slice(0, 6)).not.toContain(429);
  });

  it('count over all gateways together', async () => {
    const other = await test.reopen({ REDIS_URL: redisUrl, RATE_LIMIT_READS: '5' });
    try {
      await other.app.ready();
      let readers = 0;
      const readAtBoth = async () => {
        readers += 1;
        const person = { ...people.user, sub: `reader-${readers}` };
        const headers = { authorization: `Bearer ${await test.token(person)}` };
        await statuses(3, () => read(person));
        return statuses(3, () => other.app.inject({ url: '/api/v1/requests', headers }));
      };
      // Each counts by itself until it is connected to Redis. Alone the other would never refuse three calls.
      await eventually(readAtBoth, (seen) => seen.join() === '200,200,429');
    } finally {
      await other.close();
    }
  });
});

describe('limits of changes', () => {
  it('hold when Redis is emptied in the middle', async () => {
    await statuses(2, () => ask(people.user));
    const redis = new Redis(redisUrl);
    await redis.flushdb();
    redis.disconnect();
    expect((await statuses(2, () => ask(people.user))).at(-1)).toBe(429);
  });

  it.each([
    ['gone', 'redis://127.0.0.1:9/0'],
    ['slow', 'slow'],
  ])('hold when Redis is %s', async (_how, url) => {
    const silent = url === 'slow' ? await startSilentServer() : undefined;
    const other = await test.reopen({
      REDIS_URL: silent?.url ?? url,
      RATE_LIMIT_REQUESTS: '3',
    });
    try {
      const headers = { authorization: `Bearer ${await test.token(people.user)}` };
      const call = () =>
        other.app.inject({ method: 'POST', url: '/api/v1/approvals/x/decision', payload: {}, headers });
      const seen = await statuses(4, call);
      expect(seen.slice(0, 3)).not.toContain(429);
      expect(seen[3]).toBe(429);
    } finally {
      await other.close();
      await silent?.close();
    }
  });
});

/** Takes connections and never says a word. */
async function startSilentServer(): Promise<{ url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `redis://127.0.0.1:${address.port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
