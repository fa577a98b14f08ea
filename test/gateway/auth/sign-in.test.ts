import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryCache } from '#platform/cache/memory-cache.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import { freePort } from '#sandbox/free-port.ts';
import type { Part } from '#sandbox/parts/part.ts';
import { startSignIn } from '#sandbox/parts/sign-in.ts';
import { createFormWalker } from '#sandbox/sign-in/walk-forms.ts';
import type { Stores } from '#stores/open-stores.ts';
import { openTestStores } from '../../support/open-test-stores.ts';
import { createTestApp, openTestIdentity } from './test-identity.ts';

const webClientSecret = 'a-secret-of-the-web-client';
let provider: Part;
let app: FastifyInstance;
let stores: Stores;
let origin: string;
let closeStores: () => Promise<void>;
const dataDir = mkdtempSync(join(tmpdir(), 'openclaw-sign-in-'));

beforeAll(async () => {
  const gatewayPort = await freePort();
  provider = await startSignIn({ port: 0, dataDir, webClientSecret, gatewayPort, env: {} });
  ({ stores, close: closeStores } = await openTestStores());
  origin = `http://127.0.0.1:${gatewayPort}`;
  app = await createTestApp(
    openTestIdentity({ stores, issuer: provider.url, publicUrl: origin, clientSecret: webClientSecret }),
  );
});

afterAll(async () => {
  await app.close();
  await provider.stop();
  await closeStores();
  rmSync(dataDir, { recursive: true, force: true });
});

const cookieOf = (setCookies: readonly string[], name: string) =>
  setCookies.find((line) => line.startsWith(`${name}=`)) ?? '';
const valueOf = (setCookie: string) => /^[^=]+=([^;]*)/.exec(setCookie)?.[1] ?? '';

async function get(url: string, cookie = '') {
  const response = await app.inject({ method: 'GET', url, headers: { host: new URL(origin).host, cookie } });
  return { ...response, cookies: [response.headers['set-cookie'] ?? []].flat(), body: response.body };
}

/** From `/auth/login` through the provider's own pages to the address it sends the browser back to. */
async function walkToCallback(account: string, returnTo = '/') {
  const login = await get(`/auth/login?${new URLSearchParams({ return_to: returnTo })}`);
  expect(login.statusCode).toBe(303);
  const walker = createFormWalker({ stopAt: `${origin}/auth/callback` });
  const page = await walker.get(String(login.headers.location));
  const { url } = await walker.submit(page, { email: account, password: 'demo' });
  return { callback: `${url.pathname}${url.search}`, query: url.searchParams, login };
}

async function signIn(account: string, returnTo = '/', before = '') {
  const { callback, login } = await walkToCallback(account, returnTo);
  const loginCookie = `sign_in=${valueOf(cookieOf(login.cookies, 'sign_in'))}`;
  const step = await get(callback, loginCookie);
  const ticket = `sign_in_ticket=${valueOf(cookieOf(step.cookies, 'sign_in_ticket'))}`;
  const complete = await get('/auth/complete', [ticket, before].filter(Boolean).join('; '));
  const session = `session=${valueOf(cookieOf(complete.cookies, 'session'))}`;
  return { callback, loginCookie, step, ticket, complete, session };
}

async function auditOf(event: string) {
  const page = await stores.auditEntries.query('acme', {
    visibility: { kind: 'tenant' },
    limit: 200,
    offset: 0,
  });
  return page.entries.filter((entry) => entry.event === event);
}

describe('signing in with a browser', () => {
  it('leads from login over the provider, callback and step to a session', async () => {
    const { login } = await walkToCallback('lead@acme.test');
    expect(cookieOf(login.cookies, 'sign_in')).toMatch(
      /^sign_in=[\w-]+; HttpOnly; SameSite=Lax; Max-Age=600; Path=\/$/,
    );
    const asked = new URL(String(login.headers.location)).searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)).toMatch(/^[\w-]{43}$/);

    const { step, complete, session } = await signIn('lead@acme.test', '/approvals?state=pending#first');
    expect(step.statusCode).toBe(200);
    expect(step.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(step.body).toContain('content="0;url=/auth/complete"');
    expect(step.body).not.toContain('<script');
    expect(cookieOf(step.cookies, 'sign_in_ticket')).toMatch(
      /^sign_in_ticket=[0-9a-f]{64}; HttpOnly; SameSite=Strict; Max-Age=60; Path=\/auth\/complete$/,
    );
    expect(cookieOf(step.cookies, 'sign_in')).toContain('sign_in=; ');
    expect(cookieOf(step.cookies, 'session')).toBe('');

    expect(complete.statusCode).toBe(303);
    expect(complete.headers.location).toBe('/approvals?state=pending#first');
    expect(cookieOf(complete.cookies, 'session')).toMatch(
      /^session=[0-9a-f]{64}; HttpOnly; SameSite=Strict; Max-Age=3600; Path=\/$/,
    );

    const used = await get('/api/v1/who', session);
    expect(valueOf(cookieOf(used.cookies, 'session'))).toBe(session.slice('session='.length));
    const told = await get('/api/v1/auth/userinfo', session);
    expect(told.json()).toEqual({
      userId: 'acme-lead',
      email: 'lead@acme.test',
      roles: ['team_lead'],
      orgUnit: 'engineering',
      tenantId: 'acme',
      effectivePermissions: {
        canManagePolicies: false,
        policyScope: 'team',
        canQueryAudit: true,
        auditScope: 'team',
      },
    });
    expect(used.json()).toEqual({
      user_id: 'acme-lead',
      role: 'team_lead',
      tenant_id: 'acme',
      org_unit: 'engineering',
    });
  });

  it('stores the hash of the cookie alone, records the sign-in and remembers the person', async () => {
    const before = (await auditOf('session.opened')).length;
    const { session } = await signIn('user@acme.test');
    const value = session.slice('session='.length);
    expect(await stores.sessions.find(sha256Hex(value))).toMatchObject({
      tenantId: 'acme',
      userId: 'acme-user',
    });
    expect(await stores.sessions.find(value)).toBeUndefined();
    expect(await auditOf('session.opened')).toHaveLength(before + 1);
    expect((await auditOf('session.opened'))[0]).toMatchObject({ userId: 'acme-user', outcome: 'success' });
    expect(await stores.people.rights('acme', 'acme-user')).toMatchObject({
      role: 'user',
      orgUnit: 'engineering/web',
    });
  });

  it('goes to the start page when the wanted way back leads elsewhere', async () => {
    const { complete } = await signIn('user@acme.test', '//evil.test/');
    expect(complete.headers.location).toBe('/');
  });

  it('ends the session that the browser had before', async () => {
    const first = await signIn('user@acme.test');
    const second = await signIn('lead@acme.test', '/', first.session);
    expect(second.session).not.toBe(first.session);
    expect((await get('/api/v1/who', first.session)).json()).toMatchObject({ error: 'session_not_found' });
    expect((await get('/api/v1/who', second.session)).json()).toMatchObject({ user_id: 'acme-lead' });
  });

  it('starts at the address that the provider comes back to, so that cookies are found again', async () => {
    const response = await app.inject({
      method: 'GET',
      url: '/auth/login?return_to=/approvals',
      headers: { host: new URL(origin).host.replace('127.0.0.1', 'localhost') },
    });
    expect(response.headers.location).toBe(`${origin}/auth/login?return_to=%2Fapprovals`);
    expect(response.headers['set-cookie']).toBeUndefined();
  });
});

describe('a ticket', () => {
  it('counts once', async () => {
    const { ticket } = await signIn('user@acme.test');
    const again = await get('/auth/complete', ticket);
    expect(again.statusCode).toBe(401);
    expect(again.body).toContain('no_session');
    expect(cookieOf(again.cookies, 'session')).toBe('');
  });

  it('is no session', async () => {
    const { callback, login } = await walkToCallback('user@acme.test');
    const step = await get(callback, `sign_in=${valueOf(cookieOf(login.cookies, 'sign_in'))}`);
    const ticket = valueOf(cookieOf(step.cookies, 'sign_in_ticket'));
    expect((await get('/api/v1/who', `session=${ticket}`)).json()).toMatchObject({
      error: 'session_not_found',
    });
  });

  it.each(['', 'sign_in_ticket=', 'sign_in_ticket=abc', `sign_in_ticket=${'0'.repeat(64)}`])(
    'that was never given is refused: %j',
    async (cookie) => {
      expect((await get('/auth/complete', cookie)).statusCode).toBe(401);
    },
  );
});

describe('the way back from the provider', () => {
  it('is refused without the cookie of this browser', async () => {
    const { callback } = await walkToCallback('user@acme.test');
    const response = await get(callback);
    expect(response.statusCode).toBe(401);
    expect(response.body).toContain('no_session');
  });

  it('is refused in another browser that is signing in too', async () => {
    const victim = await walkToCallback('user@acme.test');
    const attacker = await walkToCallback('lead@acme.test');
    const response = await get(
      attacker.callback,
      `sign_in=${valueOf(cookieOf(victim.login.cookies, 'sign_in'))}`,
    );
    expect(response.statusCode).toBe(400);
    expect(cookieOf(response.cookies, 'sign_in_ticket')).toBe('');
  });

  it('is refused with a tampered cookie', async () => {
    const { callback, login } = await walkToCallback('user@acme.test');
    const value = valueOf(cookieOf(login.cookies, 'sign_in'));
    const changed = `${value.slice(0, -2)}${value.endsWith('AA') ? 'BB' : 'AA'}`;
    expect((await get(callback, `sign_in=${changed}`)).statusCode).toBe(401);
  });

  it('takes a code once', async () => {
    const { callback, loginCookie } = await signIn('user@acme.test');
    const again = await get(callback, loginCookie);
    expect(again.statusCode).toBe(502);
    expect(again.body).toContain('token_exchange_failed');
  });

  it('without a code is refused', async () => {
    const { login, query } = await walkToCallback('user@acme.test');
    const cookie = `sign_in=${valueOf(cookieOf(login.cookies, 'sign_in'))}`;
    const response = await get(`/auth/callback?state=${query.get('state')}`, cookie);
    expect(response.statusCode).toBe(400);
    expect(response.body).toContain('missing_code');
  });

  it('with the answer of another issuer is refused', async () => {
    const { callback, login } = await walkToCallback('user@acme.test');
    const mixed = new URL(callback, origin);
    mixed.searchParams.set('iss', 'https://evil.test');
    const cookie = `sign_in=${valueOf(cookieOf(login.cookies, 'sign_in'))}`;
    expect((await get(`${mixed.pathname}${mixed.search}`, cookie)).statusCode).toBe(502);
  });

  it('tells a person who cancelled, in our words, not in those of the address', async () => {
    const { login, query } = await walkToCallback('user@acme.test');
    const answer = new URLSearchParams({
      error: 'access_denied',
      error_description: '<script>alert(1)</script>',
      state: query.get('state') ?? '',
      iss: provider.url,
    });
    const cookie = `sign_in=${valueOf(cookieOf(login.cookies, 'sign_in'))}`;
    const response = await get(`/auth/callback?${answer}`, cookie);
    expect(response.statusCode).toBe(403);
    expect(response.body).toContain('cancelled or refused');
    expect(response.body).not.toContain('alert(1)');
  });

  it('refuses, and records, a person whose groups give no role', async () => {
    const narrow = await createTestApp(
      openTestIdentity({
        stores,
        issuer: provider.url,
        publicUrl: origin,
        clientSecret: webClientSecret,
        groupRoles: [{ group: 'openclaw-admins', role: 'enterprise_admin' }],
      }),
    );
    const { callback, login } = await walkToCallback('user@acme.test');
    const cookie = `sign_in=${valueOf(cookieOf(login.cookies, 'sign_in'))}`;
    const response = await narrow.inject({ method: 'GET', url: callback, headers: { cookie } });
    await narrow.close();
    expect(response.statusCode).toBe(403);
    expect(response.body).toContain('none of your groups gives you a role');
    expect(await auditOf('session.refused')).toEqual([
      expect.objectContaining({ userId: 'acme-user', outcome: 'denied', actionType: 'authentication' }),
    ]);
  });
});

describe('POST /api/v1/auth/callback', () => {
  const post = (payload: object, cookie = '') =>
    app.inject({ method: 'POST', url: '/api/v1/auth/callback', payload, headers: { cookie } });

  it('opens a session from the code alone, in the browser that started the sign-in', async () => {
    const { query, login } = await walkToCallback('admin@acme.test');
    const cookie = `sign_in=${valueOf(cookieOf(login.cookies, 'sign_in'))}`;
    const response = await post({ code: query.get('code') }, cookie);
    expect(response.json()).toEqual({
      authenticated: true,
      user: {
        userId: 'acme-admin',
        email: 'admin@acme.test',
        roles: ['enterprise_admin'],
        orgUnit: 'engineering',
      },
    });
    const session = cookieOf([response.headers['set-cookie'] ?? []].flat(), 'session');
    expect(session).toMatch(/^session=[0-9a-f]{64}; HttpOnly; SameSite=Strict; Max-Age=3600; Path=\/$/);
    expect((await get('/api/v1/who', `session=${valueOf(session)}`)).statusCode).toBe(200);
  });

  it('answers each way it can fail with its own code', async () => {
    expect((await post({})).json()).toMatchObject({ error: 'missing_code' });
    expect((await post({ code: 'abc' })).json()).toMatchObject({ error: 'no_session' });
    expect((await post({ code: 'abc', more: 1 })).json()).toMatchObject({ error: 'INVALID_REQUEST' });
    const { login } = await walkToCallback('user@acme.test');
    const cookie = `sign_in=${valueOf(cookieOf(login.cookies, 'sign_in'))}`;
    const wrong = await post({ code: 'not-a-code' }, cookie);
    expect([wrong.statusCode, wrong.json().error]).toEqual([502, 'token_exchange_failed']);
    expect((await post({ code: 'abc', state: 'another' }, cookie)).json()).toMatchObject({
      error: 'INVALID_REQUEST',
    });
  });
});

describe('signing out', () => {
  const logout = (headers: Record<string, string>) =>
    app.inject({ method: 'POST', url: '/auth/logout', headers });

  it('ends the session, at once, on the record, and says where the provider ends its own', async () => {
    const { session } = await signIn('user@acme.test');
    expect((await get('/api/v1/who', session)).statusCode).toBe(200);
    const response = await logout({ cookie: session, origin });
    expect(response.json()).toEqual({
      signedOut: true,
      endSessionUrl: expect.stringContaining(`${provider.url}/session/end?`),
    });
    expect(response.headers['set-cookie']).toBe('session=; HttpOnly; SameSite=Strict; Max-Age=0; Path=/');
    expect((await get('/api/v1/who', session)).json()).toMatchObject({ error: 'session_not_found' });
    expect((await auditOf('session.closed'))[0]).toMatchObject({ userId: 'acme-user', outcome: 'success' });
  });

  it('is refused when another site asks for it', async () => {
    const { session } = await signIn('user@acme.test');
    for (const from of [
      {},
      { origin: 'http://evil.test' },
      { origin: 'null' },
      { origin: origin.replace('127.0.0.1', 'localhost') },
      { origin, 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      expect((await logout({ cookie: session, ...from })).json()).toMatchObject({ error: 'forbidden' });
    }
    expect((await get('/api/v1/who', session)).statusCode).toBe(200);
  });

  it('without a session, or with a broken one, still clears the cookie', async () => {
    for (const cookie of ['', 'session=broken', `session=${'0'.repeat(64)}`]) {
      const response = await logout({ cookie, origin });
      expect(response.statusCode).toBe(200);
      expect(response.headers['set-cookie']).toContain('Max-Age=0');
    }
  });
});

describe('while the provider is away', () => {
  it('a sign-in is refused with a page that says so', async () => {
    const lonely = await createTestApp(
      openTestIdentity({ stores, issuer: 'http://127.0.0.1:1', publicUrl: origin }),
    );
    const response = await lonely.inject({
      method: 'GET',
      url: '/auth/login',
      headers: { host: new URL(origin).host },
    });
    await lonely.close();
    expect(response.statusCode).toBe(503);
    expect(response.body).toContain('IDENTITY_PROVIDER_UNAVAILABLE');
  });
});

describe('GET /api/v1/auth/config', () => {
  it('tells the command line how to sign in', async () => {
    expect((await get('/api/v1/auth/config')).json()).toEqual({
      issuer: provider.url,
      cli_client_id: 'openclaw-cli',
      audience: 'openclaw',
      scopes: 'openid profile email offline_access',
    });
  });
});

describe('rights that change at the provider', () => {
  /** The administrator of the provider at work. */
  async function administer(path: string, body: unknown) {
    const response = await fetch(`${provider.url}/admin/accounts/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(200);
  }

  it('reach a session by its refresh token, again and again, and turn its cookie', async () => {
    // Nothing is remembered, so that each call asks the provider: every refresh token is good once there.
    const forgetful = { ...createMemoryCache(), get: async () => undefined };
    const gateway = await createTestApp(
      openTestIdentity({
        stores,
        issuer: provider.url,
        publicUrl: origin,
        clientSecret: webClientSecret,
        cache: forgetful,
        recheckMs: 1,
      }),
    );
    const roleBy = async (cookie: string) => {
      const headers = { host: new URL(origin).host, cookie };
      const response = await gateway.inject({ method: 'GET', url: '/api/v1/who', headers });
      const lines = [response.headers['set-cookie'] ?? []].flat();
      return { ...response.json(), cookie: `session=${valueOf(cookieOf(lines, 'session'))}` };
    };
    const { session } = await signIn('lead@acme.test');
    for (let n = 0; n < 3; n += 1) {
      expect(await roleBy(session)).toMatchObject({ role: 'team_lead', cookie: session });
    }
    await administer('acme-lead/groups', { groups: ['openclaw-users'] });
    const lower = await roleBy(session);
    expect(lower).toMatchObject({ role: 'user' });
    expect(lower.cookie).not.toBe(session);
    expect(await roleBy(lower.cookie)).toMatchObject({ role: 'user', cookie: lower.cookie });
    await administer('acme-lead/groups', { groups: [] });
    expect(await roleBy(lower.cookie)).toMatchObject({ error: 'forbidden' });
    await administer('acme-lead/groups', { groups: ['openclaw-team-leads', 'openclaw-users'] });
    expect(await roleBy(lower.cookie)).toMatchObject({ error: 'session_not_found' });
    await gateway.close();
  });

  it('are changed by no page of another site', async () => {
    const asForm = await fetch(`${provider.url}/admin/accounts/acme-lead/groups`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{"groups":["openclaw-admins"]}',
    });
    expect(asForm.status).toBe(404);
  });
});
