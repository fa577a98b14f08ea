import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestGateway, people, type TestGateway } from '../../../support/test-gateway.ts';

const wrong = [403, 'TENANT_MISMATCH'];

describe('with TENANT_ROUTING=host', () => {
  let test: TestGateway;
  beforeAll(async () => {
    test = await openTestGateway({
      TENANT_ROUTING: 'host',
      TENANT_HOSTS: JSON.stringify({ 'acme.example.com': 'acme', 'globex.example.com': 'globex' }),
    });
  });
  afterAll(() => test?.close());

  const from = async (host: string) => {
    const answer = await test.as(people.user, { url: '/api/v1/requests', headers: { host } });
    return [answer.statusCode, answer.json().error];
  };

  it("serves a person under their own tenant's host, whatever its case and port", async () => {
    expect(await from('acme.example.com')).toEqual([200, undefined]);
    expect(await from('ACME.example.com:8443')).toEqual([200, undefined]);
  });

  it.each(['globex.example.com', 'elsewhere.example.com', 'acme.example.com.evil.test', '__proto__', ''])(
    'refuses them under %j',
    async (host) => {
      expect(await from(host)).toEqual(wrong);
    },
  );
});

describe('with TENANT_ROUTING=path', () => {
  let test: TestGateway;
  beforeAll(async () => {
    test = await openTestGateway({ TENANT_ROUTING: 'path' });
  });
  afterAll(() => test?.close());

  it("serves a person under their own tenant's path and nowhere else", async () => {
    const at = async (url: string) => {
      const answer = await test.as(people.user, { url });
      return [answer.statusCode, answer.json().error];
    };
    expect(await at('/t/acme/api/v1/requests')).toEqual([200, undefined]);
    expect(await at('/t/globex/api/v1/requests')).toEqual(wrong);
    expect(await at('/api/v1/requests')).toEqual(wrong);
    expect(await at('/t/acme/t/acme/api/v1/requests')).toEqual([404, 'NOT_FOUND']);
    expect(await at('/t/A/api/v1/requests')).toEqual([404, 'NOT_FOUND']);
    expect((await test.app.inject({ url: '/healthz' })).statusCode).toBe(200);
  });
});

describe('a tenant with an issuer of its own', () => {
  let test: TestGateway;
  beforeAll(async () => {
    test = await openTestGateway();
  });
  afterAll(() => test?.close());

  it('lets nobody in whose token another issuer has signed', async () => {
    await test.stores.tenants.change('acme', { oidcIssuer: 'https://login.acme.example' });
    const refused = await test.as(people.user, { url: '/api/v1/requests' });
    expect([refused.statusCode, refused.json().error]).toEqual([403, 'TENANT_UNKNOWN']);
    expect((await test.as(people.stranger, { url: '/api/v1/requests' })).statusCode).toBe(200);
  });
});
