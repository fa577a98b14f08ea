import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSessionCache } from '#gateway/identity/session/session-cache.ts';
import { createRedisCache } from '#platform/cache/redis-cache.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import { contentsOfRedis } from '../support/contents-of-redis.ts';
import { emptyRedis } from '../support/empty-redis.ts';
import { freshEnvelope } from '../support/key-ring.ts';
import { needing } from '../support/needing.ts';
import { openTestGateway, people, type TestGateway } from '../support/test-gateway.ts';

const describe = needing('redis');
let gateway: TestGateway;
let redisUrl: string;

/** One call for each budget, and one of each kind of route that counts for a person. */
const calls = [
  { url: '/api/v1/requests' },
  { url: '/api/v1/approvals' },
  { url: '/api/v1/audit' },
  { url: '/api/v1/audit/export' },
  { url: '/api/v1/tenants' },
  { url: '/api/v1/policies' },
  { url: '/api/v1/auth/sessions' },
  { url: '/api/v1/status/problems' },
  { method: 'POST', url: '/api/v1/requests', payload: { text: 'nothing that anybody does' } },
  { method: 'POST', url: '/api/v1/policies', payload: {} },
  { method: 'POST', url: '/api/v1/approvals/apr_x/decision', payload: {} },
] as const;

beforeAll(async () => {
  redisUrl = await emptyRedis();
  gateway = await openTestGateway({ REDIS_URL: redisUrl });
  for (const person of Object.values(people)) for (const call of calls) await gateway.as(person, call);
  for (const url of ['/api/v1/status', '/metrics', '/api/v1/requests']) await gateway.app.inject({ url });
  const cache = createRedisCache({ url: redisUrl, onConnectionLost: () => {} });
  const sessions = createSessionCache({ cache, envelope: freshEnvelope(), nowMs: Date.now });
  const at = new Date().toISOString();
  for (const { sub, tenant, orgUnit } of Object.values(people)) {
    const actor = { tenantId: tenant, userId: sub, role: 'user', orgUnit } as const;
    const identity = { actor, email: `${sub}@acme.test`, name: sub, statedAt: at, issuedAt: at };
    await sessions.set(sha256Hex(sub), { identity, sessionId: `ses_${sub}` }, 30_000);
  }
  await cache.close();
});
afterAll(() => gateway?.close());

describe('whoever reads Redis', () => {
  it('finds keys of two kinds alone, in which people are opaque', async () => {
    const redis = new Redis(redisUrl);
    const keys = await redis.keys('*');
    redis.disconnect();
    const kinds = [
      /^openclaw:session:[0-9a-f]{64}$/,
      /^openclaw:limit:[a-z_]+:(address:[0-9a-f]{32}|tenant:(acme|globex)(:person:[0-9a-f]{32})?)$/,
    ];
    for (const kind of kinds) expect(keys.some((key) => kind.test(key))).toBe(true);
    expect(keys.filter((key) => !kinds.some((kind) => kind.test(key)))).toEqual([]);
  });

  it('learns of nobody, neither by key nor by value, that they were here or from where', async () => {
    const contents = await contentsOfRedis(redisUrl);
    for (const { sub } of Object.values(people))
      for (const word of [sub, Buffer.from(sub).toString('base64').slice(0, -4)])
        expect(contents).not.toContain(word);
    for (const word of ['127.0.0.1', '@acme.test', 'engineering']) expect(contents).not.toContain(word);
  });
});
