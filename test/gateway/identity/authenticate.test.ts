import type { FastifyInstance } from 'fastify';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stores } from '#stores/open-stores.ts';
import { entriesOf } from '../../support/audit-entries.ts';
import {
  type FakeProvider,
  makeKey,
  type SigningKey,
  signToken,
  startFakeProvider,
} from '../../support/fake-provider.ts';
import { openTestStores } from '../../support/open-test-stores.ts';
import { createTestApp, openTestIdentity } from '../../support/test-identity.ts';

const publicUrl = 'https://gateway.test';
let key: SigningKey;
let provider: FakeProvider;
let app: FastifyInstance;
let stores: Stores;
let closeStores: () => Promise<void>;
let ahead = 0;

beforeAll(async () => {
  key = await makeKey('ES256', 'ec-1');
  provider = await startFakeProvider([key]);
  ({ stores, close: closeStores } = await openTestStores());
  const nowMs = () => Date.now() + ahead;
  app = await createTestApp(openTestIdentity({ stores, issuer: provider.issuer, publicUrl, nowMs }));
});

afterAll(async () => {
  await app.close();
  await provider.close();
  await closeStores();
});

function claims(changes: JWTPayload = {}): JWTPayload {
  const seconds = Math.floor((Date.now() + ahead) / 1_000);
  return {
    iss: provider.issuer,
    aud: 'openclaw',
    sub: 'acme-user',
    iat: seconds,
    exp: seconds + 900,
    client_id: 'openclaw-cli',
    tenant: 'acme',
    groups: ['openclaw-users'],
    org_unit: 'engineering/web',
    ...changes,
  };
}

const call = (headers: Record<string, string>, method: 'GET' | 'POST' = 'GET') =>
  app.inject({ method, url: '/api/v1/who', headers });

async function callAs(changes: JWTPayload, header: Record<string, unknown> = {}) {
  return call({ authorization: `Bearer ${await signToken(key, claims(changes), header)}` });
}

describe('a call with a bearer token', () => {
  it('is made by the person of the token', async () => {
    const response = await callAs({
      sub: 'acme-lead',
      groups: ['openclaw-team-leads'],
      org_unit: 'engineering',
    });
    expect(response.json()).toEqual({
      user_id: 'acme-lead',
      role: 'team_lead',
      tenant_id: 'acme',
      org_unit: 'engineering',
    });
  });

  it('may change things without an origin: no browser sends tokens by itself', async () => {
    const authorization = `Bearer ${await signToken(key, claims())}`;
    expect((await call({ authorization }, 'POST')).statusCode).toBe(200);
    expect((await call({ authorization, origin: 'https://evil.test' }, 'POST')).statusCode).toBe(200);
  });

  it('takes the scheme in any case', async () => {
    expect((await call({ authorization: `bearer ${await signToken(key, claims())}` })).statusCode).toBe(200);
  });

  it('counts by its token even when a session cookie comes with it', async () => {
    const authorization = `Bearer ${await signToken(key, claims())}`;
    const both = await call({ authorization, cookie: `__Host-session=${'0'.repeat(64)}` });
    expect(both.json()).toMatchObject({ user_id: 'acme-user' });
    const badToken = await call({ authorization: 'Bearer x', cookie: `__Host-session=${'0'.repeat(64)}` });
    expect(badToken.json()).toMatchObject({ error: 'invalid_token' });
  });
});

describe('a refusal', () => {
  it('without token and session is missing_token with a challenge', async () => {
    const response = await call({});
    expect([response.statusCode, response.json().error]).toEqual([401, 'missing_token']);
    expect(response.headers['www-authenticate']).toBe('Bearer');
  });

  it('of a bad token is invalid_token with its challenge', async () => {
    for (const authorization of [
      'Bearer',
      'Bearer ',
      'Bearer a b',
      'Basic dTpw',
      'Bearer x.y.z',
      'x',
      'Bearer é',
    ]) {
      const response = await call({ authorization });
      expect([authorization, response.statusCode, response.json().error]).toEqual([
        authorization,
        401,
        'invalid_token',
      ]);
      expect(response.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    }
  });

  it('says why a token is refused', async () => {
    const seconds = Math.floor(Date.now() / 1_000);
    const expired = await callAs({ iat: seconds - 1_000, exp: seconds - 100 });
    expect(expired.json()).toEqual({
      error: 'invalid_token',
      message: expect.any(String),
      detail: { reason: 'expired' },
    });
    expect((await callAs({ iss: 'https://other.test' })).json().detail).toEqual({ reason: 'iss' });
    expect((await callAs({ nonce: 'n' }, { typ: 'JWT' })).json().detail).toEqual({ reason: 'type' });
  });

  it('of a missing or unknown tenant is TENANT_UNKNOWN', async () => {
    for (const tenant of [undefined, '', 'initech', 'ACME', "acme' or 1=1"]) {
      const response = await callAs({ tenant });
      expect([response.statusCode, response.json().error]).toEqual([403, 'TENANT_UNKNOWN']);
    }
  });

  it('of a person without a role is forbidden, and recorded once in a while', async () => {
    for (let n = 0; n < 5; n += 1) {
      const response = await callAs({ sub: 'acme-stranger', groups: ['strangers'] });
      expect([response.statusCode, response.json().error]).toEqual([403, 'forbidden']);
    }
    const entries = await entriesOf(stores, 'acme');
    expect(entries).toEqual([
      expect.objectContaining({ userId: 'acme-stranger', event: 'session.refused', outcome: 'denied' }),
    ]);
  });

  it('of a malformed session is invalid_session, of an unknown one session_not_found', async () => {
    for (const value of ['x', 'A'.repeat(64), '0'.repeat(63), '0'.repeat(65), '..%2f', '%00'.repeat(22)]) {
      expect((await call({ cookie: `__Host-session=${value}` })).json()).toMatchObject({
        error: 'invalid_session',
      });
    }
    const unknown = await call({ cookie: `__Host-session=${'0'.repeat(64)}` });
    expect([unknown.statusCode, unknown.json().error]).toEqual([401, 'session_not_found']);
    expect((await call({ cookie: '__Host-session=' })).json()).toMatchObject({ error: 'missing_token' });
  });

  it('is found beside one that a neighbour tossed in, in whatever order, and never that one', async () => {
    const asked = async (cookie: string) =>
      (await app.inject({ url: '/api/v1/auth/userinfo', headers: { cookie } })).json().error;
    expect(await asked(`session=${'0'.repeat(64)}`)).toBe('no_session');
    const own = `__Host-session=${'0'.repeat(64)}`;
    for (const cookie of [`session=x; ${own}`, `${own}; session=x`, `__Secure-session=x; session=x; ${own}`])
      expect(await asked(cookie)).toBe('session_not_found');
  });

  it('at userinfo without anything is no_session', async () => {
    const response = await app.inject({ method: 'GET', url: '/api/v1/auth/userinfo' });
    expect([response.statusCode, response.json().error]).toEqual([401, 'no_session']);
  });
});

describe('last-seen rights', () => {
  it('follow the newest token', async () => {
    await callAs({ sub: 'acme-mover', email: 'mover@acme.test', name: 'Mo' });
    expect(await stores.people.rights('acme', 'acme-mover')).toMatchObject({
      role: 'user',
      orgUnit: 'engineering/web',
    });
    await callAs({ sub: 'acme-mover', groups: ['org-admins'], org_unit: 'sales' });
    expect(await stores.people.rights('acme', 'acme-mover')).toMatchObject({
      role: 'org_admin',
      orgUnit: 'sales',
    });
  });

  it('that were revoked refuse older tokens within a minute, and newer ones not', async () => {
    const old = await signToken(key, claims({ sub: 'acme-leaver' }));
    expect((await call({ authorization: `Bearer ${old}` })).statusCode).toBe(200);
    await stores.people.revoke('acme', 'acme-leaver');
    const fresh = openTestIdentity({ stores, issuer: provider.issuer, publicUrl });
    const later = await createTestApp(fresh);
    const shown = await later.inject({
      method: 'GET',
      url: '/api/v1/who',
      headers: { authorization: `Bearer ${old}` },
    });
    expect(shown.json()).toMatchObject({ error: 'invalid_token' });
    const seconds = Math.floor(Date.now() / 1_000) + 5;
    const newer = await signToken(key, claims({ sub: 'acme-leaver', iat: seconds, exp: seconds + 900 }));
    const again = await later.inject({
      method: 'GET',
      url: '/api/v1/who',
      headers: { authorization: `Bearer ${newer}` },
    });
    await later.close();
    expect(again.statusCode).toBe(200);
  });
});

describe('keys and provider', () => {
  it('while the provider is away known keys go on', async () => {
    expect((await callAs({})).statusCode).toBe(200);
    provider.answerWith({ status: 500, body: 'away' });
    ahead = 2 * 3_600_000;
    expect((await callAs({})).statusCode).toBe(200);
    provider.answerWith(undefined);
  });

  it('a provider that never answered makes tokens wait for it: 503, not 401', async () => {
    const lonely = await createTestApp(openTestIdentity({ stores, issuer: 'http://127.0.0.1:1', publicUrl }));
    const authorization = `Bearer ${await signToken(key, claims())}`;
    const response = await lonely.inject({ method: 'GET', url: '/api/v1/who', headers: { authorization } });
    await lonely.close();
    expect([response.statusCode, response.json().error]).toEqual([503, 'IDENTITY_PROVIDER_UNAVAILABLE']);
    expect(response.headers['retry-after']).toBeDefined();
  });

  it('a flood of unknown key ids costs the provider one fetch', async () => {
    ahead += 60_000;
    await callAs({});
    const before = provider.fetches();
    ahead += 60_000;
    const flood = Array.from({ length: 40 }, (_, n) => callAs({}, { kid: `unknown-${n}` }));
    const codes = (await Promise.all(flood)).map((response) => response.json().error);
    expect(new Set(codes)).toEqual(new Set(['invalid_token']));
    expect(provider.fetches() - before).toBe(1);
  });
});
