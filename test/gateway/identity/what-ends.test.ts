import type { FastifyInstance } from 'fastify';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IdentityParts } from '#gateway/identity/identity-parts.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import { newId } from '#platform/new-id.ts';
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

let key: SigningKey;
let provider: FakeProvider;
let stores: Stores;
let closeStores: () => Promise<void>;
let identity: IdentityParts;
let app: FastifyInstance;
let time = Date.now();
let people = 0;

const person = { tenant: 'acme', groups: ['openclaw-team-leads'], org_unit: 'engineering' };
const html = { 'content-type': 'text/html' };

beforeAll(async () => {
  key = await makeKey('ES256', 'k');
  provider = await startFakeProvider([key], { userinfo: true });
  ({ stores, close: closeStores } = await openTestStores());
});
afterAll(async () => {
  await provider.close();
  await closeStores();
});
beforeEach(async () => {
  time = Date.now();
  identity = openTestIdentity({
    stores,
    issuer: provider.issuer,
    publicUrl: 'https://gateway.test',
    nowMs: () => time,
  });
  app = await createTestApp(identity);
  provider.onUserinfo(async (token) => {
    const { sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return { status: 200, body: { sub, ...person } };
  });
});

const nobody = () => {
  people += 1;
  return `person-${people}`;
};

function token(sub: string, claims: JWTPayload = {}) {
  const seconds = Math.floor(time / 1_000) - 10;
  const all = { iss: provider.issuer, aud: 'openclaw', sub, iat: seconds, exp: seconds + 7_200 };
  return signToken(key, { ...all, ...person, ...claims });
}

async function session(userId: string, sid: string | null, offline: boolean) {
  const stated = new Date(time - 60_000).toISOString();
  const actor = { tenantId: 'acme', userId, role: 'team_lead', orgUnit: 'engineering' } as const;
  const opened = await identity.sessions.open(
    {
      identity: { actor, email: null, name: null, statedAt: stated, issuedAt: stated },
      expiresAt: Math.floor(time / 1_000) + 900,
      accessToken: 'at',
      refreshToken: 'rt',
      idToken: null,
      providerSession: sid,
      offline,
    },
    null,
  );
  await bySession(opened);
  return opened;
}

async function call(headers: Record<string, string>): Promise<'in' | 'out'> {
  const { statusCode } = await app.inject({ method: 'GET', url: '/api/v1/who', headers });
  return statusCode === 200 ? 'in' : 'out';
}

const bySession = (cookie: string) => call({ cookie: `__Host-session=${cookie}` });
const byToken = (bearer: string) => call({ authorization: `Bearer ${bearer}` });
const rightsOf = async (userId: string) => {
  const rights = await stores.people.rights('acme', userId);
  return rights !== undefined && rights.withdrawnAt === null && rights.revokedAt === null ? 'stay' : 'end';
};

describe('a sign-out at the provider', () => {
  const event = { 'http://schemas.openid.net/event/backchannel-logout': {} };

  async function logout(claims: JWTPayload) {
    const seconds = Math.floor(time / 1_000);
    const all = { iss: provider.issuer, aud: 'openclaw-web', iat: seconds, exp: seconds + 120 };
    const told = { ...all, jti: newId('vote'), events: event, ...claims };
    const { statusCode } = await app.inject({
      method: 'POST',
      url: '/auth/backchannel-logout',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({
        logout_token: await signToken(key, told, { typ: 'logout+jwt' }),
      }).toString(),
    });
    expect(statusCode).toBe(200);
  }

  async function grant(userId: string, providerSession: string | null, offline: boolean) {
    const id = newId('grant');
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const sid = providerSession === null ? null : sha256Hex(providerSession);
    const kept = { id, userId, kind: 'access', token: 'at', expiresAt, offline } as const;
    await stores.grants.keep('acme', { ...kept, providerSession: sid });
    return id;
  }

  /** Everything that a sign-out could end, of a person with two sign-ins, and of another. */
  async function world() {
    const [me, other] = [nobody(), nobody()];
    const [one, two, theirs] = [`${me}-1`, `${me}-2`, `${other}-1`];
    const tokens = {
      one: await token(me, { sid: one }),
      two: await token(me, { sid: two }),
      without: await token(me),
      theirs: await token(other, { sid: theirs }),
    };
    const sessions = {
      one: await session(me, one, true),
      two: await session(me, two, true),
      without: await session(me, null, true),
      theirs: await session(other, theirs, true),
    };
    for (const each of Object.values(tokens)) expect(await byToken(each)).toBe('in');
    const grantsOf = async (offline: boolean) => ({
      one: await grant(me, one, offline),
      two: await grant(me, two, offline),
      without: await grant(me, null, offline),
      theirs: await grant(other, theirs, offline),
    });
    const online = await grantsOf(false);
    const offline = await grantsOf(true);
    const there = async (id: string) => {
      const leased = await stores.grants.lease('acme', id, { name: 'test', ms: 1 });
      return leased.status === 'gone' ? 'gone' : 'there';
    };
    return {
      me,
      one,
      other,
      theirs,
      async now() {
        const all = async <T>(
          of: Record<'one' | 'two' | 'without' | 'theirs', T>,
          look: (each: T) => unknown,
        ) => [await look(of.one), await look(of.two), await look(of.without), await look(of.theirs)];
        return {
          sessions: await all(sessions, bySession),
          tokens: await all(tokens, byToken),
          online: await all(online, there),
          offline: await all(offline, there),
          rights: [await rightsOf(me), await rightsOf(other)],
        };
      },
    };
  }

  type World = Awaited<ReturnType<typeof world>>;

  const none = ['in', 'in', 'in', 'in'];
  const untouched = {
    sessions: none,
    tokens: none,
    online: ['there', 'there', 'there', 'there'],
    offline: ['there', 'there', 'there', 'there'],
    rights: ['stay', 'stay'],
  };
  const oneSignIn = {
    ...untouched,
    sessions: ['out', 'in', 'in', 'in'],
    tokens: ['out', 'in', 'in', 'in'],
    online: ['gone', 'there', 'there', 'there'],
  };
  const wholePerson = {
    ...untouched,
    sessions: ['out', 'out', 'out', 'in'],
    tokens: ['out', 'out', 'out', 'in'],
    online: ['gone', 'gone', 'gone', 'there'],
  };

  it.each<[string, (of: World) => JWTPayload, object]>([
    ['that names a sign-in', ({ one }) => ({ sid: one }), oneSignIn],
    ['that names a sign-in and its person', ({ one, me }) => ({ sid: one, sub: me }), oneSignIn],
    ['that names the person alone', ({ me }) => ({ sub: me }), wholePerson],
    ['that names a sign-in that nobody has', () => ({ sid: 'nobody-has-it' }), untouched],
    [
      'that names a sign-in that nobody has, of the person',
      ({ me }) => ({ sid: 'nobodys', sub: me }),
      untouched,
    ],
    ['that names a person whom nobody knows', () => ({ sub: 'nobody-knows-them' }), untouched],
    ['that names the person in another tenant', ({ me }) => ({ sub: me, tenant: 'globex' }), untouched],
  ])('%s', async (_, claims, expected) => {
    const of = await world();
    expect(await of.now()).toEqual(untouched);
    await logout(claims(of));
    expect(await of.now()).toEqual(expected);
    // Another gateway, which remembers nothing, says the same.
    identity.forgetRights(undefined);
    expect(await of.now()).toEqual(expected);
  });

  it('ends tokens of its sign-in that are made later, and leaves those of the next one', async () => {
    const me = nobody();
    expect(await byToken(await token(me, { sid: `${me}-1` }))).toBe('in');
    await logout({ sid: `${me}-1` });
    expect(await byToken(await token(me, { sid: `${me}-1`, jti: 'later' }))).toBe('out');
    expect(await byToken(await token(me, { sid: `${me}-2` }))).toBe('in');
  });

  it('reaches a sign-in that is just being finished', async () => {
    const me = nobody();
    const sid = `${me}-1`;
    await session(me, `${me}-0`, true);
    await logout({ sid, sub: me });
    await expect(session(me, sid, true)).rejects.toMatchObject({ code: 'session_expired' });
    expect(
      (await identity.sessions.ofPerson('acme', me)).map(({ stored }) => stored.providerSession),
    ).toEqual([sha256Hex(`${me}-0`)]);
  });

  it('that an administrator orders ends rights and votes too, until the next sign-in', async () => {
    const of = await world();
    const admin = await token(nobody(), { groups: ['openclaw-admins'] });
    provider.onUserinfo(async (shown) => {
      const { sub, groups } = JSON.parse(Buffer.from(shown.split('.')[1] ?? '', 'base64url').toString());
      return { status: 200, body: { sub, ...person, groups } };
    });
    const answer = await app.inject({
      method: 'POST',
      url: '/api/v1/auth/sign-out',
      headers: { authorization: `Bearer ${admin}` },
      payload: { user_id: of.me },
    });
    expect(answer.json()).toEqual({ user_id: of.me, sessions: 3, ended: true });
    expect(await of.now()).toEqual({
      ...wholePerson,
      offline: ['gone', 'gone', 'gone', 'there'],
      rights: ['end', 'stay'],
    });
    const peer = await app.inject({
      method: 'POST',
      url: '/api/v1/auth/sign-out',
      headers: { authorization: `Bearer ${await token(nobody())}` },
      payload: { user_id: of.other },
    });
    expect(peer.statusCode).toBe(404);
    expect((await of.now()).rights).toEqual(['end', 'stay']);
  });
});

describe('an answer of the provider', () => {
  type Said = { status: number; body: unknown; headers?: Record<string, string> };
  const trouble: [string, Said][] = [
    ['a client that it no longer knows', { status: 401, body: { error: 'invalid_client' } }],
    ['a page', { status: 200, body: '<html>', headers: html }],
    ['a page with 403', { status: 403, body: '<html>', headers: html }],
    ['a page with 404', { status: 404, body: '<html>', headers: html }],
    ['half an answer', { status: 200, body: '{"sub":' }],
    ['a redirect', { status: 302, body: '', headers: { location: '/maintenance' } }],
    ['a failure', { status: 500, body: { error: 'invalid_grant' } }],
  ];

  const refreshed = async (sub: string, claims: JWTPayload): Promise<Said> => ({
    status: 200,
    body: { access_token: await token(sub, claims), token_type: 'Bearer', refresh_token: 'next' },
  });
  const everywhere = (say: (sub: string) => Said | Promise<Said>, sub: string) => {
    provider.onToken(async () => say(sub));
    provider.onUserinfo(async () => say(sub));
  };

  /** A session, a token and a vote's person, all of them older than rights may be without being asked for. */
  async function asked(say: (sub: string) => Said | Promise<Said>) {
    const me = nobody();
    const cookie = await session(me, null, true);
    const bearer = await token(me);
    expect(await byToken(bearer)).toBe('in');
    time += 120_000;
    identity.forgetRights(undefined);
    everywhere(say, me);
    await identity.confirm.ofPerson('acme', me);
    const after = {
      session: await bySession(cookie),
      token: await byToken(bearer),
      rights: await rightsOf(me),
      grants: (await stores.grants.ofPerson('acme', me)).length,
    };
    // The provider is well again: who was not ended goes on.
    time += 120_000;
    identity.forgetRights(undefined);
    provider.onToken(async () => refreshed(me, {}));
    provider.onUserinfo(async () => ({ status: 200, body: { sub: me, ...person } }));
    return { ...after, later: [await bySession(cookie), await byToken(bearer)] };
  }

  it.each(trouble)('that says nothing about anybody ends nothing: %s', async (_, said) => {
    expect(await asked(() => said)).toEqual({
      session: 'in',
      token: 'in',
      rights: 'stay',
      grants: 2,
      later: ['in', 'in'],
    });
  });

  it('that a grant is over ends it and its session, and nothing else', async () => {
    const over = () => ({ status: 400, body: { error: 'invalid_grant' } });
    expect(await asked(over)).toEqual({
      session: 'out',
      token: 'in',
      rights: 'stay',
      grants: 1,
      later: ['out', 'in'],
    });
  });

  it('that gives no role ends rights everywhere, until it gives one', async () => {
    const none = { groups: [] };
    const said = (sub: string) => ({ status: 200, body: { sub, ...person, ...none } });
    const me = nobody();
    const cookie = await session(me, null, true);
    const bearer = await token(me);
    expect(await byToken(bearer)).toBe('in');
    time += 120_000;
    identity.forgetRights(undefined);
    provider.onToken(async () => refreshed(me, none));
    provider.onUserinfo(async () => said(me));
    await identity.confirm.ofPerson('acme', me);
    expect(await rightsOf(me)).toBe('end');
    expect([await bySession(cookie), await byToken(bearer)]).toEqual(['out', 'out']);
  });
});
