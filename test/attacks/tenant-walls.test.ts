import { Redis } from 'ioredis';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '#platform/database/failure.ts';
import { emptyRedis } from '../support/empty-redis.ts';
import { newRequest } from '../support/examples.ts';
import { loginAsTenant } from '../support/tenant-login.ts';
import { openTestGateway, people, type TestGateway } from '../support/test-gateway.ts';
import { hasTool } from '../support/tools.ts';

const marker = 'marker-of-acme-alone';

let test: TestGateway;
let redisUrl: string | undefined;
let requestId: string;
/** The runtime login, in the role of the other tenant. */
let globex: pg.Client;

beforeAll(async () => {
  redisUrl = hasTool('redis') ? await emptyRedis() : undefined;
  test = await openTestGateway({ ...(redisUrl && { REDIS_URL: redisUrl }), OPERATOR_TENANT: 'acme' });
  const actor = { tenantId: 'acme', userId: 'acme-user', role: 'user', orgUnit: 'engineering/web' } as const;
  const { request } = await test.stores.requests.create(actor, newRequest({ text: marker }));
  requestId = request.id;
  globex = await loginAsTenant(test.databases.databaseUrl, 'globex', ['tenant_acme']);
});
afterAll(async () => {
  await globex?.end();
  await test?.close();
});

/** SQLSTATE that the statement ends with; `undefined` when it is carried out. */
const refusalOf = (statement: string) => globex.query(statement).then(() => undefined, codeOf);

describe("as another tenant's role, PostgreSQL refuses", () => {
  it('to read any table of the tenant', async () => {
    const { rows } = await globex.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
       WHERE nspname = 'tenant_acme' AND relkind IN ('r', 'p', 'v', 'm', 'S')`,
    );
    const names = rows.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['requests', 'content', 'approvals', 'policies', 'people']));
    for (const name of names) {
      expect([name, await refusalOf(`SELECT * FROM tenant_acme."${name}"`)]).toEqual([name, '42501']);
    }
  });

  it('to write there, to call what is there, and to leave its own schema', async () => {
    for (const statement of [
      'INSERT INTO tenant_acme.policy_revision (revision) VALUES (9)',
      'DELETE FROM tenant_acme.requests',
      'TRUNCATE tenant_acme.requests',
      'DROP SCHEMA tenant_acme CASCADE',
      'CREATE TABLE tenant_acme.mine ()',
      'CREATE SCHEMA mine',
      'CREATE TABLE public.mine ()',
      'SELECT tenant_acme.refuse_change()',
      'SELECT * FROM openclaw.sessions',
      'SELECT * FROM openclaw.tenants',
      'SELECT * FROM openclaw.data_keys',
    ]) {
      expect([statement, await refusalOf(statement)]).toEqual([statement, '42501']);
    }
  });
});

describe('what all tenants share', () => {
  it('names no tenant and no person in metrics', async () => {
    await test.as(people.user, { url: '/api/v1/requests' });
    await test.as(people.stranger, { url: `/api/v1/requests/${requestId}` });
    const { body } = await test.as(people.admin, { url: '/metrics' });
    expect(body).toContain('route="/api/v1/requests/:id"');
    expect(body).not.toMatch(/acme|globex|req_0/);
  });

  it.skipIf(!hasTool('redis'))(
    'holds nothing readable in Redis, and whose it is stands first in every key but those of sessions',
    async () => {
      await test.as(people.user, { url: '/api/v1/audit' });
      const redis = new Redis(redisUrl ?? '');
      try {
        const keys = await redis.keys('*');
        expect(keys).toContainEqual(
          expect.stringMatching(/^openclaw:limit:read:tenant:acme:person:[0-9a-f]{32}$/),
        );
        expect(keys.filter((key) => /acme-user|127\.0\.0|::1/.test(key))).toEqual([]);
        expect(
          keys.filter(
            (key) =>
              !/^openclaw:(limit:\w+:(tenant|address):|tenant:[a-z][a-z0-9-]*:|session:[0-9a-f]{64}$)/.test(
                key,
              ),
          ),
        ).toEqual([]);
      } finally {
        redis.disconnect();
      }
    },
  );

  it("tells another tenant's admin the same of a thing of acme as of none, in every byte", async () => {
    const missing = 'req_00000000000000000000000000';
    const [there, nowhere] = await Promise.all(
      [requestId, missing].map((id) => test.as(people.stranger, { url: `/api/v1/requests/${id}` })),
    );
    expect(there?.statusCode).toBe(404);
    expect(there?.body).toBe(nowhere?.body);
    const headers = (answer: typeof there) =>
      Object.entries(answer?.headers ?? {}).filter(
        ([name]) => !['x-request-id', 'date', 'ratelimit-remaining', 'ratelimit-reset'].includes(name),
      );
    expect(headers(there)).toEqual(headers(nowhere));
  });
});
