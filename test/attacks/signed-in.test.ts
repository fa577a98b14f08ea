import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestGateway, people, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

describe('a query that only the database would refuse', () => {
  it.each([
    'offset=2147483648',
    'offset=9007199254740991',
    'from=0000-01-01T00:00:00Z',
    'from=1969-12-31T23:59:59Z',
    'to=9999-12-31T23:59:59-23:00',
  ])('%s: said so, not broken', async (query) => {
    const answer = await gateway.as(people.user, { url: `/api/v1/audit?${query}` });
    expect(answer.json()).toMatchObject({ error: 'INVALID_REQUEST' });
    expect(answer.statusCode).toBe(400);
  });

  it.each(['offset=2147483647', 'from=2026-01-01T00:00:00%2B23:00', 'to=9999-12-31T23:59:59.123456789Z'])(
    '%s: answered',
    async (query) => {
      const answer = await gateway.as(people.user, { url: `/api/v1/audit?${query}` });
      expect(answer.statusCode).toBe(200);
    },
  );
});
