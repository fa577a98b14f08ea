import type { FastifyInstance } from 'fastify';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IdentityParts } from '#gateway/identity/identity-parts.ts';
import type { Stores } from '#stores/open-stores.ts';
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
let stores: Stores;
let closeStores: () => Promise<void>;
let identity: IdentityParts;
let app: FastifyInstance;
let asked: number;

beforeAll(async () => {
  key = await makeKey('ES256', 'ec-1');
  provider = await startFakeProvider([key], { userinfo: true });
  ({ stores, close: closeStores } = await openTestStores());
});

afterAll(async () => {
  await provider.close();
  await closeStores();
});

beforeEach(async () => {
  identity = openTestIdentity({ stores, issuer: provider.issuer, publicUrl });
  app = await createTestApp(identity);
  asked = 0;
  answer({});
});

const person = { tenant: 'acme', groups: ['openclaw-team-leads'], org_unit: 'engineering' };

/** What the provider says of everybody from now on; `status` in place of claims. */
function answer(changes: Record<string, unknown>, status = 200, headers = {}) {
  provider.onUserinfo(async (token) => {
    asked += 1;
    const claims: JWTPayload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return { status, headers, body: { sub: claims.sub, ...person, ...changes } };
  });
}

async function token(sub: string, changes: JWTPayload = {}) {
  const seconds = Math.floor(Date.now() / 1_000);
  const claims = { iss: provider.issuer, aud: 'openclaw', sub, iat: seconds, exp: seconds + 900, ...person };
  return signToken(key, { ...claims, ...changes });
}

async function who(as: string) {
  const headers = { authorization: `Bearer ${as}` };
  const response = await app.inject({ method: 'GET', url: '/api/v1/who', headers });
  return { status: response.statusCode, ...response.json() };
}

/** As if RIGHTS_RECHECK_MS had passed. */
const later = () => identity.forgetRights(undefined);

describe('a token in use', () => {
  it('is asked about once in a while, and its person has what the provider says, not what the token says', async () => {
    const lead = await token('t1');
    expect(await who(lead)).toMatchObject({ role: 'team_lead' });
    answer({ groups: ['openclaw-users'], org_unit: 'Engineering/Web' });
    expect(await who(lead)).toMatchObject({ role: 'team_lead' });
    expect(asked).toBe(1);
    later();
    expect(await who(lead)).toMatchObject({ role: 'user', org_unit: 'engineering/web' });
    expect(await stores.people.rights('acme', 't1')).toMatchObject({ role: 'user' });
  });

  it.each([[[]], [['strangers']], [undefined]])(
    'gives nothing once the provider gives no role: groups %j',
    async (groups) => {
      const lead = await token(`t2-${JSON.stringify(groups)}`.replaceAll(/[^\w-]/g, ''));
      expect(await who(lead)).toMatchObject({ status: 200 });
      answer({ groups });
      later();
      expect(await who(lead)).toMatchObject({ status: 403, error: 'forbidden' });
      answer({});
      expect(await who(lead)).toMatchObject({ status: 200, role: 'team_lead' });
    },
  );

  it('is over when the provider says so, and says nothing about the role of its person', async () => {
    const lead = await token('t3');
    expect(await who(lead)).toMatchObject({ status: 200 });
    answer({}, 401, { 'www-authenticate': 'Bearer error="invalid_token"' });
    later();
    expect(await who(lead)).toMatchObject({
      status: 401,
      error: 'invalid_token',
      detail: { reason: 'withdrawn' },
    });
    expect(await stores.people.rights('acme', 't3')).toMatchObject({ role: 'team_lead', withdrawnAt: null });
  });

  it('never becomes somebody else, or one of another tenant', async () => {
    answer({ sub: 'admin', groups: ['openclaw-admins'] });
    expect(await who(await token('t4'))).toMatchObject({ status: 200, user_id: 't4', role: 'team_lead' });
    answer({ tenant: 'globex' });
    expect(await who(await token('t5'))).toMatchObject({ status: 401, error: 'invalid_token' });
  });

  it('goes on while the provider is away, and nobody waits for it each time', async () => {
    const lead = await token('t6');
    answer({}, 503);
    for (let n = 0; n < 5; n += 1) expect(await who(lead)).toMatchObject({ status: 200, role: 'team_lead' });
    expect(asked).toBe(1);
  });

  it('counts no more once another sign-in showed that its person has fewer rights', async () => {
    const elsewhere = {
      userId: 't7',
      role: 'user',
      orgUnit: 'engineering',
      email: null,
      name: null,
    } as const;
    const lead = await token('t7', { iat: Math.floor(Date.now() / 1_000) - 60 });
    answer({}, 503);
    expect(await who(lead)).toMatchObject({ role: 'team_lead' });
    const now = new Date().toISOString();
    await stores.people.confirmed('acme', { ...elsewhere, statedAt: now }, now);
    later();
    expect(await who(lead)).toMatchObject({ role: 'user' });
  });
});

describe('back-channel logout', () => {
  const event = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  let jtis = 0;

  async function logoutToken(claims: JWTPayload, header: Record<string, unknown> = {}, leaveOut = '') {
    const seconds = Math.floor(Date.now() / 1_000);
    jtis += 1;
    const all = {
      iss: provider.issuer,
      aud: 'openclaw-web',
      iat: seconds,
      jti: `jti-${jtis}`,
      events: event,
    };
    const told = Object.entries({ ...all, exp: seconds + 120, ...claims });
    const kept = told.filter(([name]) => name !== leaveOut);
    return signToken(key, Object.fromEntries(kept), { typ: 'logout+jwt', ...header });
  }

  async function notify(logout: string) {
    const response = await app.inject({
      method: 'POST',
      url: '/auth/backchannel-logout',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ logout_token: logout, extra: 'ignored' }).toString(),
    });
    return { status: response.statusCode, headers: response.headers };
  }

  async function session(sub: string, sid: string | null = null, offline = false) {
    const seconds = Math.floor(Date.now() / 1_000);
    const stated = new Date((seconds - 60) * 1_000).toISOString();
    const actor = { tenantId: 'acme', userId: sub, role: 'team_lead', orgUnit: 'engineering' } as const;
    const cookie = await identity.sessions.open(
      {
        identity: { actor, email: null, name: null, statedAt: stated, issuedAt: stated },
        expiresAt: seconds + 900,
        accessToken: 'at',
        refreshToken: 'rt',
        idToken: null,
        providerSession: sid,
        offline,
      },
      null,
    );
    await bySession(cookie);
    return cookie;
  }

  async function bySession(cookie: string) {
    const response = await app.inject({
      method: 'GET',
      url: '/api/v1/who',
      headers: { cookie: `__Host-session=${cookie}` },
    });
    return response.json().error ?? 'in';
  }

  it('by subject ends sessions at once, and tokens and rights from before for ever', async () => {
    const old = await token('b1', { iat: Math.floor(Date.now() / 1_000) - 60 });
    const cookie = await session('b1');
    expect([(await who(old)).status, await bySession(cookie)]).toEqual([200, 'in']);
    const told = await notify(await logoutToken({ sub: 'b1' }));
    expect(told).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    expect(await stores.grants.ofPerson('acme', 'b1')).toEqual([]);
    expect(await who(old)).toMatchObject({ error: 'invalid_token' });
    expect(await bySession(cookie)).toBe('session_not_found');
    // A sign-out says nothing about the role: votes count on.
    expect(await stores.people.rights('acme', 'b1')).toMatchObject({ revokedAt: null, withdrawnAt: null });

    // Signed in again: the new token counts, the old one doesn't come back with it.
    const fresh = await token('b1', { iat: Math.floor(Date.now() / 1_000) + 5 });
    expect(await who(fresh)).toMatchObject({ status: 200 });
    expect(await who(old)).toMatchObject({ error: 'invalid_token' });
    later();
    expect(await who(old)).toMatchObject({ error: 'invalid_token' });
  });

  it('by the sign-in at the provider ends the sessions of its person, and nobody else’s', async () => {
    const [mine, others] = [await session('b2', 'sid-2'), await session('b3', 'sid-3')];
    expect((await notify(await logoutToken({ sid: 'sid-2' }))).status).toBe(200);
    expect([await bySession(mine), await bySession(others)]).toEqual(['session_not_found', 'in']);
  });

  it('of somebody whom nobody knows is taken in silence', async () => {
    expect((await notify(await logoutToken({ sub: 'never-seen', sid: 'none' }))).status).toBe(200);
  });

  it('counts once: the same token signs nobody out who came back', async () => {
    const logout = await logoutToken({ sub: 'b4' });
    await session('b4');
    expect((await notify(logout)).status).toBe(200);
    expect((await notify(logout)).status).toBe(400);
  });

  it('is refused for every token that is no logout token of our provider', async () => {
    const cookie = await session('b5');
    const stranger = await makeKey('ES256', 'ec-1');
    const seconds = Math.floor(Date.now() / 1_000);
    const base = {
      iss: provider.issuer,
      aud: 'openclaw-web',
      sub: 'b5',
      iat: seconds,
      jti: 'x',
      events: event,
    };
    const bad = {
      'of another key': await signToken(stranger, base, { typ: 'logout+jwt' }),
      'of another issuer': await logoutToken({ sub: 'b5', iss: 'https://evil.test' }),
      'for another client': await logoutToken({ sub: 'b5', aud: 'payroll' }),
      'an access token': await token('b5'),
      'with a nonce': await logoutToken({ sub: 'b5', nonce: 'n' }),
      'without events': await logoutToken({ sub: 'b5' }, {}, 'events'),
      'with another event': await logoutToken({ sub: 'b5', events: { other: {} } }),
      'with an event that is no object': await logoutToken({
        sub: 'b5',
        events: { [Object.keys(event)[0] ?? '']: 1 },
      }),
      'without jti': await logoutToken({ sub: 'b5' }, {}, 'jti'),
      'without iat': await logoutToken({ sub: 'b5' }, {}, 'iat'),
      'about nobody': await logoutToken({}),
      'about no text': await logoutToken({ sub: 7 as unknown as string }),
      'of another type': await logoutToken({ sub: 'b5' }, { typ: 'at+jwt' }),
      'that is old': await logoutToken({ sub: 'b5', iat: seconds - 400 }),
      'that is over': await logoutToken({ sub: 'b5', exp: seconds - 60 }),
      'that is none': 'x',
    };
    for (const [what, logout] of Object.entries(bad)) {
      expect({ what, ...(await notify(logout)) }).toMatchObject({ what, status: 400 });
    }
    expect(await bySession(cookie)).toBe('in');
  });

  it('is taken as a form alone, and no other route takes one', async () => {
    const json = await app.inject({
      method: 'POST',
      url: '/auth/backchannel-logout',
      payload: { logout_token: await logoutToken({}) },
    });
    expect(json.statusCode).toBe(400);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const form = await app.inject({
      method: 'POST',
      url: '/api/v1/auth/callback',
      headers,
      payload: 'code=x',
    });
    expect(form.statusCode).toBe(415);
  });

  describe('the list of sessions', () => {
    const call = async (method: 'GET' | 'DELETE', path: string, as: string) => {
      const headers = { authorization: `Bearer ${as}` };
      const response = await app.inject({ method, url: `/api/v1/auth/sessions${path}`, headers });
      return { status: response.statusCode, body: response.json() };
    };
    const tokenOf = (sub: string, groups: readonly string[], orgUnit: string) => {
      answerBy.set(sub, { groups, org_unit: orgUnit });
      return token(sub, { groups: [...groups], org_unit: orgUnit });
    };
    const answerBy = new Map<string, Record<string, unknown>>();

    beforeEach(() => {
      provider.onUserinfo(async (shown) => {
        const { sub }: JWTPayload = JSON.parse(
          Buffer.from(shown.split('.')[1] ?? '', 'base64url').toString(),
        );
        return { status: 200, body: { sub, ...person, ...answerBy.get(sub ?? '') } };
      });
    });

    it('shows a person their own, newest first, and which of them asks', async () => {
      const [first, second] = [await session('l1'), await session('l1')];
      const response = await app.inject({
        method: 'GET',
        url: '/api/v1/auth/sessions',
        headers: { cookie: `__Host-session=${second}` },
      });
      const { sessions } = response.json();
      expect(sessions.map((each: { is_current: boolean }) => each.is_current)).toEqual([true, false]);
      expect(JSON.stringify(sessions)).not.toContain(first);
      expect(sessions[0].id).toMatch(/^ses_/);
    });

    it('ends one at once', async () => {
      const cookie = await session('l2');
      const mine = await tokenOf('l2', ['openclaw-users'], 'engineering');
      const { body } = await call('GET', '', mine);
      expect(await call('DELETE', `/${body.sessions[0].id}`, mine)).toEqual({
        status: 200,
        body: { id: body.sessions[0].id, user_id: 'l2', ended: true },
      });
      expect(await bySession(cookie)).toBe('session_not_found');
      expect(await call('DELETE', `/${body.sessions[0].id}`, mine)).toMatchObject({ status: 404 });
    });

    it('of somebody else is for those who manage them; to others it is not there', async () => {
      const cookie = await session('l3');
      const reached = {
        admin: await tokenOf('admin', ['openclaw-admins'], 'company'),
        above: await tokenOf('above', ['org-admins'], 'engineering'),
      };
      const notReached = {
        peer: await tokenOf('peer', ['openclaw-users'], 'engineering'),
        lead: await tokenOf('lead', ['team-leads'], 'engineering'),
        aside: await tokenOf('aside', ['org-admins'], 'sales'),
      };
      const { body } = await call('GET', '?user_id=l3', reached.admin);
      const [{ id }] = body.sessions;
      const nothing = await call('GET', '?user_id=nobody', notReached.peer);
      for (const as of Object.values(notReached)) {
        expect(await call('GET', '?user_id=l3', as)).toEqual(nothing);
        expect(await call('DELETE', `/${id}`, as)).toMatchObject({ status: 404 });
      }
      expect(await bySession(cookie)).toBe('in');
      expect(await call('DELETE', `/${id}`, reached.above)).toMatchObject({ status: 200 });
      expect(await bySession(cookie)).toBe('session_not_found');
      const stranger = await token('stranger', { tenant: 'globex', groups: ['openclaw-admins'] });
      answerBy.set('stranger', { tenant: 'globex', groups: ['openclaw-admins'] });
      expect(await call('DELETE', `/${id}`, stranger)).toMatchObject({ status: 404 });
    });
  });
});
