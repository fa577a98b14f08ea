import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestGateway, people, type TestGateway } from '../../../support/test-gateway.ts';

const metricsToken = '0123456789abcdef'.repeat(4);
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await openTestGateway({ METRICS_TOKEN: metricsToken });
});
afterAll(() => gateway?.close());

const asked = async (authorization?: string) => {
  const headers = authorization === undefined ? {} : { authorization };
  const { statusCode, body } = await gateway.app.inject({ url: '/metrics', headers });
  return [statusCode, statusCode === 200 ? body.includes('openclaw_http_request') : JSON.parse(body).error];
};

it.each([
  ['nobody', undefined, [401, 'missing_token']],
  ['another token', `Bearer ${metricsToken.slice(1)}0`, [401, 'invalid_token']],
  ['a part of the token', `Bearer ${metricsToken.slice(1)}`, [401, 'invalid_token']],
  ['an empty token', 'Bearer ', [401, 'invalid_token']],
  ['Prometheus', `Bearer ${metricsToken}`, [200, true]],
] as const)('the numbers are read with METRICS_TOKEN: %s', async (_, authorization, expected) => {
  expect(await asked(authorization)).toEqual(expected);
});

it.each([
  [people.user, 403],
  [people.lead, 403],
  [people.admin, 200],
  [people.stranger, 200],
] as const)('they are read by administrators: $0.sub', async (person, status) => {
  expect((await gateway.as(person, { url: '/metrics' })).statusCode).toBe(status);
});

it('without METRICS_TOKEN nobody reads them with an empty one', async () => {
  const other = await gateway.reopen({});
  try {
    for (const authorization of ['Bearer undefined', 'Bearer ', 'Bearer']) {
      const { statusCode } = await other.app.inject({ url: '/metrics', headers: { authorization } });
      expect(statusCode).toBe(401);
    }
  } finally {
    await other.close();
  }
});
