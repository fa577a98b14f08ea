import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256Hex } from '#platform/crypto/digest.ts';
import {
  cookieOf,
  openSignInScene,
  type SignInScene,
  valueOf,
  webClientSecret,
} from '../../support/sign-in-scene.ts';
import { createTestApp, openTestIdentity } from '../../support/test-identity.ts';

let scene: SignInScene;
beforeAll(async () => {
  scene = await openSignInScene();
});
afterAll(() => scene?.close());

describe('signing in with a browser', () => {
  it('leads from login over the provider, callback and step to a session', async () => {
    const { login } = await scene.walkToCallback('lead@acme.test');
    expect(cookieOf(login.cookies, 'sign_in')).toMatch(
      /^sign_in=[\w-]+; HttpOnly; SameSite=Lax; Max-Age=600; Path=\/$/,
    );
    const asked = new URL(String(login.headers.location)).searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)).toMatch(/^[\w-]{43}$/);

    const { step, complete, session } = await scene.signIn(
      'lead@acme.test',
      '/approvals?state=pending#first',
    );
    expect(step.statusCode).toBe(200);
    expect(step.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(step.body).toContain('content="0;url=/auth/complete"');
    expect(step.body).not.toContain('<script');
    expect(cookieOf(step.cookies, 'sign_in_ticket')).toMatch(
      /^sign_in_ticket=[0-9a-f]{64}; HttpOnly; SameSite=Strict; Max-Age=60; Path=\/$/,
    );
    expect(cookieOf(step.cookies, 'sign_in')).toContain('sign_in=; ');
    expect(cookieOf(step.cookies, 'session')).toBe('');

    expect(complete.statusCode).toBe(303);
    expect(complete.headers.location).toBe('/approvals?state=pending#first');
    expect(cookieOf(complete.cookies, 'session')).toMatch(
      /^session=[0-9a-f]{64}; HttpOnly; SameSite=Strict; Max-Age=3600; Path=\/$/,
    );

    const used = await scene.get('/api/v1/who', session);
    expect(valueOf(cookieOf(used.cookies, 'session'))).toBe(session.slice('session='.length));
    const told = await scene.get('/api/v1/auth/userinfo', session);
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
      sessionId: (await scene.stores.sessions.find(sha256Hex(valueOf(session))))?.id,
    });
    expect(used.json()).toEqual({
      user_id: 'acme-lead',
      role: 'team_lead',
      tenant_id: 'acme',
      org_unit: 'engineering',
    });
  });

  it('stores the hash of the cookie alone, records the sign-in and remembers the person', async () => {
    const before = (await scene.auditOf('session.opened')).length;
    const { session } = await scene.signIn('user@acme.test');
    const value = session.slice('session='.length);
    expect(await scene.stores.sessions.find(sha256Hex(value))).toMatchObject({
      tenantId: 'acme',
      userId: 'acme-user',
    });
    expect(await scene.stores.sessions.find(value)).toBeUndefined();
    expect(await scene.auditOf('session.opened')).toHaveLength(before + 1);
    expect((await scene.auditOf('session.opened'))[0]).toMatchObject({
      userId: 'acme-user',
      outcome: 'success',
    });
    expect(await scene.stores.people.rights('acme', 'acme-user')).toMatchObject({
      role: 'user',
      orgUnit: 'engineering/web',
    });
  });

  it('goes to the start page when the wanted way back leads elsewhere', async () => {
    const { complete } = await scene.signIn('user@acme.test', '//evil.test/');
    expect(complete.headers.location).toBe('/');
  });

  it('ends the session that the browser had before', async () => {
    const first = await scene.signIn('user@acme.test');
    const second = await scene.signIn('lead@acme.test', '/', first.session);
    expect(second.session).not.toBe(first.session);
    expect((await scene.get('/api/v1/who', first.session)).json()).toMatchObject({
      error: 'session_not_found',
    });
    expect((await scene.get('/api/v1/who', second.session)).json()).toMatchObject({ user_id: 'acme-lead' });
  });

  it('starts at the address that the provider comes back to, so that cookies are found again', async () => {
    const response = await scene.app.inject({
      method: 'GET',
      url: '/auth/login?return_to=/approvals',
      headers: { host: new URL(scene.origin).host.replace('127.0.0.1', 'localhost') },
    });
    expect(response.headers.location).toBe(`${scene.origin}/auth/login?return_to=%2Fapprovals`);
    expect(response.headers['set-cookie']).toBeUndefined();
  });
});

describe('a ticket', () => {
  it('counts once', async () => {
    const { ticket } = await scene.signIn('user@acme.test');
    const again = await scene.get('/auth/complete', ticket);
    expect(again.statusCode).toBe(401);
    expect(again.body).toContain('no_session');
    expect(cookieOf(again.cookies, 'session')).toBe('');
  });

  it('is no session', async () => {
    const { callback, login } = await scene.walkToCallback('user@acme.test');
    const step = await scene.get(callback, `sign_in=${valueOf(cookieOf(login.cookies, 'sign_in'))}`);
    const ticket = valueOf(cookieOf(step.cookies, 'sign_in_ticket'));
    expect((await scene.get('/api/v1/who', `session=${ticket}`)).json()).toMatchObject({
      error: 'session_not_found',
    });
  });

  it.each(['', 'sign_in_ticket=', 'sign_in_ticket=abc', `sign_in_ticket=${'0'.repeat(64)}`])(
    'that was never given is refused: %j',
    async (cookie) => {
      expect((await scene.get('/auth/complete', cookie)).statusCode).toBe(401);
    },
  );
});

describe('the way back from the provider', () => {
  it('is refused without the cookie of this browser', async () => {
    const { callback } = await scene.walkToCallback('user@acme.test');
    const response = await scene.get(callback);
    expect(response.statusCode).toBe(401);
    expect(response.body).toContain('no_session');
  });

  it('is refused in another browser that is signing in too', async () => {
    const victim = await scene.walkToCallback('user@acme.test');
    const attacker = await scene.walkToCallback('lead@acme.test');
    const response = await scene.get(
      attacker.callback,
      `sign_in=${valueOf(cookieOf(victim.login.cookies, 'sign_in'))}`,
    );
    expect(response.statusCode).toBe(400);
    expect(cookieOf(response.cookies, 'sign_in_ticket')).toBe('');
  });

  it('is refused with a tampered cookie', async () => {
    const { callback, login } = await scene.walkToCallback('user@acme.test');
    const value = valueOf(cookieOf(login.cookies, 'sign_in'));
    const changed = `${value.slice(0, -2)}${value.endsWith('AA') ? 'BB' : 'AA'}`;
    expect((await scene.get(callback, `sign_in=${changed}`)).statusCode).toBe(401);
  });

  it('takes a code once', async () => {
    const { callback, loginCookie } = await scene.signIn('user@acme.test');
    const again = await scene.get(callback, loginCookie);
    expect(again.statusCode).toBe(502);
    expect(again.body).toContain('token_exchange_failed');
  });

  it('without a code is refused', async () => {
    const { login, query } = await scene.walkToCallback('user@acme.test');
    const cookie = `sign_in=${valueOf(cookieOf(login.cookies, 'sign_in'))}`;
    const response = await scene.get(`/auth/callback?state=${query.get('state')}`, cookie);
    expect(response.statusCode).toBe(400);
    expect(response.body).toContain('missing_code');
  });

  it('with the answer of another issuer is refused', async () => {
    const { callback, login } = await scene.walkToCallback('user@acme.test');
    const mixed = new URL(callback, scene.origin);
    mixed.searchParams.set('iss', 'https://evil.test');
    const cookie = `sign_in=${valueOf(cookieOf(login.cookies, 'sign_in'))}`;
    expect((await scene.get(`${mixed.pathname}${mixed.search}`, cookie)).statusCode).toBe(502);
  });

  it('tells a person who cancelled, in our words, not in those of the address', async () => {
    const { login, query } = await scene.walkToCallback('user@acme.test');
    const answer = new URLSearchParams({
      error: 'access_denied',
      error_description: '<script>alert(1)</script>',
      state: query.get('state') ?? '',
      iss: scene.provider.url,
    });
    const cookie = `sign_in=${valueOf(cookieOf(login.cookies, 'sign_in'))}`;
    const response = await scene.get(`/auth/callback?${answer}`, cookie);
    expect(response.statusCode).toBe(403);
    expect(response.body).toContain('cancelled or refused');
    expect(response.body).not.toContain('alert(1)');
  });

  it('refuses, and records, a person whose groups give no role', async () => {
    const narrow = await createTestApp(
      openTestIdentity({
        stores: scene.stores,
        issuer: scene.provider.url,
        publicUrl: scene.origin,
        clientSecret: webClientSecret,
        groupRoles: [{ group: 'openclaw-admins', role: 'enterprise_admin' }],
      }),
    );
    const { callback, login } = await scene.walkToCallback('user@acme.test');
    const cookie = `sign_in=${valueOf(cookieOf(login.cookies, 'sign_in'))}`;
    const response = await narrow.inject({ method: 'GET', url: callback, headers: { cookie } });
    await narrow.close();
    expect(response.statusCode).toBe(403);
    expect(response.body).toContain('none of your groups gives you a role');
    expect(await scene.auditOf('session.refused')).toEqual([
      expect.objectContaining({ userId: 'acme-user', outcome: 'denied', actionType: 'authentication' }),
    ]);
  });
});

describe('POST /api/v1/auth/callback', () => {
  const post = (payload: object, cookie = '') =>
    scene.app.inject({ method: 'POST', url: '/api/v1/auth/callback', payload, headers: { cookie } });

  it('opens a session from the code alone, in the browser that started the sign-in', async () => {
    const { query, login } = await scene.walkToCallback('admin@acme.test');
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
    expect((await scene.get('/api/v1/who', `session=${valueOf(session)}`)).statusCode).toBe(200);
  });

  it('answers each way it can fail with its own code', async () => {
    expect((await post({})).json()).toMatchObject({ error: 'missing_code' });
    expect((await post({ code: 'abc' })).json()).toMatchObject({ error: 'no_session' });
    expect((await post({ code: 'abc', more: 1 })).json()).toMatchObject({ error: 'INVALID_REQUEST' });
    const { login } = await scene.walkToCallback('user@acme.test');
    const cookie = `sign_in=${valueOf(cookieOf(login.cookies, 'sign_in'))}`;
    const wrong = await post({ code: 'not-a-code' }, cookie);
    expect([wrong.statusCode, wrong.json().error]).toEqual([502, 'token_exchange_failed']);
    expect((await post({ code: 'abc', state: 'another' }, cookie)).json()).toMatchObject({
      error: 'INVALID_REQUEST',
    });
  });
});

describe('while the provider is away', () => {
  it('a sign-in is refused with a page that says so', async () => {
    const lonely = await createTestApp(
      openTestIdentity({ stores: scene.stores, issuer: 'http://127.0.0.1:1', publicUrl: scene.origin }),
    );
    const response = await lonely.inject({
      method: 'GET',
      url: '/auth/login',
      headers: { host: new URL(scene.origin).host },
    });
    await lonely.close();
    expect(response.statusCode).toBe(503);
    expect(response.body).toContain('IDENTITY_PROVIDER_UNAVAILABLE');
  });
});

describe('GET /api/v1/auth/config', () => {
  it('tells the command line how to sign in', async () => {
    expect((await scene.get('/api/v1/auth/config')).json()).toEqual({
      issuer: scene.provider.url,
      cli_client_id: 'openclaw-cli',
      audience: 'openclaw',
      scopes: 'openid profile email offline_access',
    });
  });
});
