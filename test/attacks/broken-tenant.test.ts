import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { openTestGateway, people, type TestGateway } from '../support/test-gateway.ts';

let test: TestGateway;

beforeAll(async () => {
  test = await openTestGateway({ OPERATOR_TENANT: 'globex' });
});
afterAll(() => test?.close());

const operator = { ...people.stranger, groups: ['openclaw-admins'] };
const problems = z.object({
  problems: z.array(z.object({ part: z.string(), tenant_id: z.string().nullable(), problem: z.string() })),
});

it('status names a tenant whose key does not open, and others work on', async () => {
  const ask = (person = people.user) =>
    test.as(person, { method: 'POST', url: '/api/v1/requests', payload: { text: 'what is 1+1?' } });
  expect((await ask()).statusCode).toBeLessThan(300);
  const look = async () => {
    // Not the answers that are kept for a while.
    const { app, close } = await test.reopen({ OPERATOR_TENANT: 'globex' });
    try {
      const token = { authorization: `Bearer ${await test.token(operator)}` };
      const [status, why, metrics] = await Promise.all([
        app.inject({ url: '/api/v1/status' }),
        app.inject({ url: '/api/v1/status/problems', headers: token }),
        app.inject({ url: '/metrics', headers: token }),
      ]);
      const found = z.parse(problems, why.json()).problems.filter(({ part }) => part === 'database');
      return { database: status.json().components.database, found, metrics: metrics.body, body: status.body };
    } finally {
      await close();
    }
  };
  expect(await look()).toMatchObject({ database: 'healthy', found: [] });

  const rewrap = (more: string) =>
    withAdmin(test.databases.adminUrl, (client) =>
      client.query(
        `SELECT openclaw.rewrap_data_key(id, sealed, 'garbled', 'm9') ${more} FROM openclaw.data_keys WHERE tenant_id = 'acme'`,
      ),
    );
  await rewrap('');
  const spared = await look();
  expect(spared).toMatchObject({ database: 'unhealthy', found: [{ tenant_id: 'acme' }] });
  expect(spared.found[0]?.problem).toContain('its former form is used');
  // Nothing is lost: a process that starts now goes on by the former form.
  const after = await test.reopen({});
  const token = { authorization: `Bearer ${await test.token(people.user)}` };
  const answer = await after.app.inject({
    url: '/api/v1/requests',
    method: 'POST',
    headers: token,
    payload: { text: 'what is 1+1?' },
  });
  await after.close();
  expect(answer.statusCode).toBeLessThan(300);

  await withAdmin(test.databases.adminUrl, (client) =>
    client.query(
      `SELECT openclaw.confirm_data_key(id, sealed) FROM openclaw.data_keys WHERE tenant_id = 'acme'`,
    ),
  );
  const lost = await look();
  expect(lost).toMatchObject({ database: 'unhealthy', found: [{ tenant_id: 'acme' }] });
  expect(lost.found[0]?.problem).toContain('can not be read');
  expect(lost.body).not.toContain('acme');
  expect(lost.metrics).toMatch(/^openclaw_unreadable_keys 1$/m);
  const broken = await test.reopen({});
  try {
    const call = async (person: typeof people.user, url: string, text?: string) =>
      broken.app.inject({
        url: `/api/v1${url}`,
        headers: { authorization: `Bearer ${await test.token(person)}` },
        ...(text === undefined ? {} : { method: 'POST' as const, payload: { text } }),
      });
    expect((await call(people.user, '/requests', 'what is 1+1?')).json().error).toBe('CONTENT_UNREADABLE');
    for (const url of ['/requests', '/approvals', '/policies', '/audit'])
      expect((await call(people.stranger, url)).statusCode).toBe(200);
    expect((await call(people.stranger, '/requests', 'what is 1+1?')).statusCode).toBeLessThan(300);
  } finally {
    await broken.close();
  }
});
