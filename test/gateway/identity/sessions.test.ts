import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IdentityParts } from '#gateway/identity/identity-parts.ts';
import type { BrowserSessions } from '#gateway/identity/session/browser-sessions.ts';
import type { Cache } from '#platform/cache/cache.ts';
import { createMemoryCache } from '#platform/cache/memory-cache.ts';
import { createRedisCache } from '#platform/cache/redis-cache.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import type { Stores } from '#stores/open-stores.ts';
import { entriesOf } from '../../support/audit-entries.ts';
import { emptyRedis } from '../../support/empty-redis.ts';
import {
  type FakeProvider,
  makeKey,
  type SigningKey,
  signToken,
  startFakeProvider,
} from '../../support/fake-provider.ts';
import { openTestStores } from '../../support/open-test-stores.ts';
import { openTestIdentity } from '../../support/test-identity.ts';
import { hasTool } from '../../support/tools.ts';

const minute = 60_000;
const publicUrl = 'https://gateway.test';
let key: SigningKey;
let provider: FakeProvider;
let stores: Stores;
let closeStores: () => Promise<void>;
let time: number;
let cache: Cache;
let identity: IdentityParts;
let sessions: BrowserSessions;
let refreshes: string[];

beforeAll(async () => {
  key = await makeKey('ES256', 'ec-1');
  provider = await startFakeProvider([key]);
  ({ stores, close: closeStores } = await openTestStores());
});

afterAll(async () => {
  await provider.close();
  await closeStores();
});

beforeEach(() => {
  time = Date.now();
  cache = createMemoryCache();
  identity = gateway(cache);
  ({ sessions } = identity);
  refreshes = [];
  answerRefresh(() => ({}));
});

const gateway = (shared: Cache) =>
  openTestIdentity({ stores, issuer: provider.issuer, publicUrl, cache: shared, nowMs: () => time });

function accessToken(changes: JWTPayload = {}) {
  const seconds = Math.floor(time / 1_000);
  return signToken(key, {
    iss: provider.issuer,
    aud: 'openclaw',
    sub: 'acme-user',
    iat: seconds,
    exp: seconds + 900,
    tenant: 'acme',
    groups: ['openclaw-users'],
    org_unit: 'engineering/web',
    ...changes,
  });
}

/** Grants every refresh, with the given claims in the new access token. */
function answerRefresh(changes: () => JWTPayload) {
  provider.onToken(async (form) => {
    refreshes.push(form.get('refresh_token') ?? '');
    const body = {
      access_token: await accessToken(changes()),
      token_type: 'Bearer',
      refresh_token: `r${refreshes.length}`,
    };
    return { status: 200, body };
  });
}

function refuseRefresh(status: number, error: string) {
  provider.onToken(async (form) => {
    refreshes.push(form.get('refresh_token') ?? '');
    return { status, body: { error } };
  });
}

async function open(refreshToken: string | null = 'r0') {
  const seconds = Math.floor(time / 1_000);
  const signedIn = {
    identity: {
      actor: { tenantId: 'acme', userId: 'acme-user', role: 'user', orgUnit: 'engineering/web' } as const,
      email: null,
      name: null,
      statedAt: new Date(time).toISOString(),
      issuedAt: new Date(time).toISOString(),
    },
    expiresAt: seconds + 900,
    accessToken: 'at',
    refreshToken,
    idToken: null,
    providerSession: null,
    offline: true,
  };
  return sessions.open(signedIn, 'a browser');
}

/** As the test's sessions start. */
const identityOfOpen = async () => sessions.find(await open());

const roleOf = async (cookie: string, of = sessions) => (await of.find(cookie)).identity.actor.role;
const refusedAs = (code: string) => expect.objectContaining({ code });

describe('a session', () => {
  it('is found by its cookie, within half a minute from the cache', async () => {
    const cookie = await open();
    expect(await sessions.find(cookie)).toMatchObject({
      setCookie: cookie,
      identity: { actor: { userId: 'acme-user' } },
    });
    expect(await sessions.find(cookie)).toMatchObject({ setCookie: undefined });
    time += 31_000;
    expect(await sessions.find(cookie)).toMatchObject({ setCookie: cookie });
  });

  it('ends an hour after its last use', async () => {
    const cookie = await open();
    time += 61 * minute;
    await expect(sessions.find(cookie)).rejects.toEqual(refusedAs('session_expired'));
  });

  it('ends twelve hours after it began, however much it is used', async () => {
    const cookie = await open();
    const stored = await stores.sessions.find(sha256Hex(cookie));
    expect(Date.parse(stored?.expiresAt ?? '') - time).toBe(12 * 60 * minute);
    if (stored === undefined) throw new Error('it is not there');
    await stores.sessions.renew(stored, {
      claims: stored.claims,
      expiresAt: new Date(time + minute).toISOString(),
    });
    time += minute;
    await expect(sessions.find(cookie)).rejects.toEqual(refusedAs('session_expired'));
  });

  it('without a refresh token ends with its access token: nobody would vouch for its rights', async () => {
    const cookie = await open(null);
    time += 14 * minute;
    expect(await roleOf(cookie)).toBe('user');
    time += minute;
    await expect(sessions.find(cookie)).rejects.toEqual(refusedAs('session_expired'));
    expect(refreshes).toEqual([]);
  });

  it('that was ended stays ended, in this gateway at once', async () => {
    const cookie = await open();
    await sessions.find(cookie);
    expect(await sessions.end(cookie)).toMatchObject({ identity: { actor: { userId: 'acme-user' } } });
    await expect(sessions.find(cookie)).rejects.toEqual(refusedAs('session_not_found'));
    expect(await sessions.end(cookie)).toBeUndefined();
  });

  it('that is ended while somebody looks it up does not come back by the cache', async () => {
    const cookie = await open();
    const slow: Cache = {
      ...cache,
      async set(...entry) {
        await sessions.end(cookie);
        await cache.set(...entry);
      },
    };
    await expect(gateway(slow).sessions.find(cookie)).rejects.toEqual(refusedAs('session_not_found'));
    await expect(sessions.find(cookie)).rejects.toEqual(refusedAs('session_not_found'));
  });

  it('lives until it ends or expires, and is not used by the question', async () => {
    const cookie = await open();
    time += 59 * minute;
    expect(await sessions.lives(cookie)).toBe(true);
    time += 2 * minute;
    expect(await sessions.lives(cookie)).toBe(false);
    const other = await open();
    await sessions.end(other);
    expect([await sessions.lives(other), await sessions.lives('none')]).toEqual([false, false]);
  });

  it.skipIf(!hasTool('redis'))('ends at once in every gateway that shares the Redis cache', async () => {
    const redis = createRedisCache({ url: await emptyRedis() });
    const [one, other] = [gateway(redis), gateway(redis)];
    const cookie = await open();
    expect(await roleOf(cookie, one.sessions)).toBe('user');
    expect(await other.sessions.find(cookie)).toMatchObject({ setCookie: undefined });
    await one.sessions.end(cookie);
    await expect(other.sessions.find(cookie)).rejects.toEqual(refusedAs('session_not_found'));
    await redis.close();
  });

  it('goes on while the cache is away', async () => {
    const away = createRedisCache({ url: 'redis://127.0.0.1:1', commandTimeoutMs: 200 });
    const cookie = await open();
    const alone = gateway(away);
    expect(await roleOf(cookie, alone.sessions)).toBe('user');
    await alone.sessions.end(cookie);
    await expect(alone.sessions.find(cookie)).rejects.toEqual(refusedAs('session_not_found'));
    await away.close();
  });

  it('can not be made by writing to the cache', async () => {
    const cookie = 'a'.repeat(64);
    const actor = { tenantId: 'acme', userId: 'acme-admin', role: 'enterprise_admin', orgUnit: 'x' };
    const forged = {
      identity: { actor, email: null, name: null, statedAt: new Date().toISOString() },
      until: time * 2,
    };
    await cache.set(`session:${sha256Hex(cookie)}`, JSON.stringify(forged), minute);
    await expect(sessions.find(cookie)).rejects.toEqual(refusedAs('session_not_found'));
  });

  it('can not be taken over by copying the cache entry of another', async () => {
    const cookie = await open();
    await sessions.find(cookie);
    const sealed = await cache.get(`session:${sha256Hex(cookie)}`);
    const other = 'b'.repeat(64);
    await cache.set(`session:${sha256Hex(other)}`, sealed ?? '', minute);
    await expect(sessions.find(other)).rejects.toEqual(refusedAs('session_not_found'));
  });

  it('keeps its refresh token sealed in one place: neither in the session nor in clear', async () => {
    const cookie = await open('a secret refresh token');
    const { claims } = (await stores.sessions.find(sha256Hex(cookie))) ?? {};
    expect(JSON.stringify(claims)).not.toContain('a secret refresh token');
    const [grant] = await stores.grants.ofPerson('acme', 'acme-user');
    expect(grant).toMatchObject({ kind: 'refresh' });
    expect(JSON.stringify(grant)).not.toContain('secret');
  });
});

describe('rights of a session', () => {
  it('are asked for anew after 45 s of use, and follow the provider', async () => {
    const cookie = await open();
    time += 44_000;
    expect(await roleOf(cookie)).toBe('user');
    expect(refreshes).toEqual([]);
    // Half a minute in the cache would be too long here.
    time += 6_000;
    expect(await roleOf(cookie)).toBe('user');
    expect(refreshes).toEqual(['r0']);
    time += minute;
    await sessions.find(cookie);
    expect(refreshes).toEqual(['r0', 'r1']);
  });

  it('that change go on under another cookie; the old one ends at once', async () => {
    const cookie = await open();
    answerRefresh(() => ({ groups: ['openclaw-admins'] }));
    time += minute;
    const { setCookie = '', identity: changed } = await sessions.find(cookie);
    expect(changed.actor.role).toBe('enterprise_admin');
    expect(setCookie).toMatch(/^[0-9a-f]{64}$/);
    expect(setCookie).not.toBe(cookie);
    expect(await roleOf(setCookie)).toBe('enterprise_admin');
    // Calls that were under way.
    time += 5_000;
    expect(await roleOf(cookie)).toBe('enterprise_admin');
    time += 6_000;
    await expect(sessions.find(cookie)).rejects.toEqual(refusedAs('session_expired'));
    expect(await roleOf(setCookie)).toBe('enterprise_admin');
  });

  it('are asked for once, however many calls need them, in one gateway or two', async () => {
    const cookie = await open();
    const other = gateway(createMemoryCache());
    time += minute;
    const calls = [sessions, other.sessions, sessions, other.sessions, sessions];
    await Promise.all(calls.map((of) => of.find(cookie)));
    expect(refreshes).toEqual(['r0']);
  });

  it('that change turn the cookie once, whichever gateways find out, and stop nobody', async () => {
    for (let run = 0; run < 6; run += 1) {
      const cookie = await open();
      const { sessionId } = await sessions.find(cookie);
      const group = run % 2 === 0 ? 'openclaw-admins' : 'openclaw-team-leads';
      answerRefresh(() => ({ groups: [group] }));
      time += minute;
      const gateways = Array.from({ length: 4 }, () => gateway(createMemoryCache()).sessions);
      const found = await Promise.all(gateways.map((of) => of.find(cookie)));
      expect(found.map((one) => one.sessionId)).toEqual(found.map(() => sessionId));
      const turned = new Set(found.map(({ setCookie }) => setCookie).filter((value) => value !== cookie));
      expect(turned.size).toBe(1);
      for (const value of [cookie, ...turned]) {
        const { sessionId: after } = await gateway(createMemoryCache()).sessions.find(value ?? '');
        expect(after).toBe(sessionId);
      }
    }
  });

  it.each(['before', 'after'] as const)(
    'that turned the cookie: signing out with the one of %s signs out with both',
    async (which) => {
      const cookie = await open();
      answerRefresh(() => ({ groups: ['openclaw-admins'] }));
      time += minute;
      const { setCookie = '' } = await sessions.find(cookie);
      await sessions.end(which === 'before' ? cookie : setCookie);
      for (const value of [cookie, setCookie])
        await expect(sessions.find(value)).rejects.toEqual(refusedAs('session_not_found'));
    },
  );

  it('that turn the cookie while somebody signs out bring no session back', async () => {
    for (let run = 0; run < 6; run += 1) {
      const cookie = await open();
      answerRefresh(() => ({ groups: ['openclaw-admins'] }));
      time += minute;
      const other = gateway(createMemoryCache()).sessions;
      const [found] = await Promise.allSettled([other.find(cookie), sessions.end(cookie)]);
      const turned = found.status === 'fulfilled' ? (found.value.setCookie ?? cookie) : cookie;
      const looks = gateway(createMemoryCache()).sessions;
      const left = await Promise.allSettled([looks.find(cookie), looks.find(turned)]);
      expect(left.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    }
  });

  it('that the provider refuses to renew end the session', async () => {
    const cookie = await open();
    refuseRefresh(400, 'invalid_grant');
    time += minute;
    await expect(sessions.find(cookie)).rejects.toEqual(refusedAs('session_expired'));
    answerRefresh(() => ({}));
    await expect(sessions.find(cookie)).rejects.toEqual(refusedAs('session_not_found'));
  });

  it('that are gone at the provider end the session, on the record', async () => {
    await identity.noteSeen((await identityOfOpen()).identity, 'session_expired');
    const cookie = await open();
    answerRefresh(() => ({ groups: [] }));
    time += minute;
    await expect(sessions.find(cookie)).rejects.toEqual(refusedAs('forbidden'));
    await expect(sessions.find(cookie)).rejects.toEqual(refusedAs('session_not_found'));
    expect((await stores.people.rights('acme', 'acme-user'))?.withdrawnAt).toEqual(expect.any(String));
    const entries = await entriesOf(stores, 'acme');
    expect(entries.map(({ event }) => event)).toContain('rights.withdrawn');
  });

  it('never become those of somebody else', async () => {
    const cookie = await open();
    answerRefresh(() => ({ sub: 'acme-admin', groups: ['openclaw-admins'] }));
    time += minute;
    const { identity } = await sessions.find(cookie);
    expect(identity.actor).toMatchObject({ userId: 'acme-user', role: 'user' });
  });

  it('end with the session where the person has gone to another tenant', async () => {
    const cookie = await open();
    answerRefresh(() => ({ tenant: 'globex' }));
    time += minute;
    await expect(sessions.find(cookie)).rejects.toEqual(refusedAs('TENANT_UNKNOWN'));
  });

  it('count until the limit of the session while the provider is away, and are asked for when it is back', async () => {
    const cookie = await open();
    for (let n = 0; n < 5; n += 1) {
      refuseRefresh(503, 'temporarily_unavailable');
      time += 10 * minute;
      expect(await roleOf(cookie)).toBe('user');
    }
    // It is not asked by every call: most are spared the wait.
    const before = refreshes.length;
    for (let n = 0; n < 3; n += 1) await gateway(createMemoryCache()).sessions.find(cookie);
    expect(refreshes.length).toBeLessThanOrEqual(before + 3);
    answerRefresh(() => ({ groups: ['openclaw-team-leads'], org_unit: 'engineering' }));
    time += 31_000;
    expect(await roleOf(cookie)).toBe('team_lead');
  });

  it('survive a provider that says no for a moment: the refresh token stays good', async () => {
    const cookie = await open();
    refuseRefresh(429, 'slow_down');
    time += minute;
    expect(await roleOf(cookie)).toBe('user');
    answerRefresh(() => ({}));
    time += minute;
    await sessions.find(cookie);
    expect(new Set(refreshes)).toEqual(new Set(['r0']));
  });
});

describe('a call with a session', () => {
  const caller = (cookie: string, method: string, headers: Record<string, string> = {}) =>
    identity.authenticate({ method, headers, cookies: { session: cookie } });

  it('reads without an origin and gets its cookie anew, Secure behind https', async () => {
    const cookie = await open();
    expect((await caller(cookie, 'GET')).renewedCookie).toBe(
      `__Host-session=${cookie}; HttpOnly; Secure; SameSite=Strict; Max-Age=3600; Path=/`,
    );
  });

  it.each([
    { origin: publicUrl },
    { origin: publicUrl, 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'same-origin' },
  ])('changes things from our own page: %j', async (headers) => {
    const cookie = await open();
    const named = { ...headers, 'x-session-id': (await sessions.find(cookie)).sessionId };
    expect(await caller(cookie, 'POST', named)).toMatchObject({
      identity: { actor: { userId: 'acme-user' } },
    });
  });

  it('of another session than its page shows is refused before anything is asked or renewed', async () => {
    const cookie = await open();
    answerRefresh(() => ({ groups: ['openclaw-admins'] }));
    time += minute;
    const refused = caller(cookie, 'POST', { origin: publicUrl, 'x-session-id': 'ses_other' });
    await expect(refused).rejects.toEqual(refusedAs('SESSION_CHANGED'));
    expect(refreshes).toEqual([]);
  });

  it('keeps its public id when its cookie is turned, also for calls under way with the old one', async () => {
    const cookie = await open();
    const { sessionId } = await sessions.find(cookie);
    answerRefresh(() => ({ groups: ['openclaw-admins'] }));
    time += minute;
    const { setCookie = '', sessionId: after } = await sessions.find(cookie);
    expect(setCookie).not.toBe(cookie);
    expect(after).toBe(sessionId);
    for (const value of [cookie, setCookie]) {
      // Cached and looked up.
      for (const of of [sessions, gateway(createMemoryCache()).sessions]) {
        expect((await of.find(value)).sessionId).toBe(sessionId);
      }
      expect(await sessions.idOf(value)).toBe(sessionId);
    }
    const listed = await sessions.ofPerson('acme', 'acme-user');
    expect(listed.filter(({ stored }) => stored.id === sessionId)).toHaveLength(1);
    const known = await sessions.byId('acme', sessionId);
    if (known === undefined) throw new Error('it is not there');
    expect(known.stored.idHash).toBe(sha256Hex(setCookie));
    await sessions.revoke(known);
    for (const value of [cookie, setCookie])
      await expect(sessions.find(value)).rejects.toEqual(refusedAs('session_not_found'));
  });

  it.each([
    {},
    { origin: 'https://evil.test' },
    { origin: 'http://gateway.test' },
    { origin: 'https://gateway.test.evil.test' },
    { origin: 'https://gateway.test:8443' },
    { origin: 'null' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': 'same-site' },
    { origin: publicUrl, 'sec-fetch-site': 'cross-site' },
    { origin: 'https://evil.test', 'sec-fetch-site': 'same-origin' },
  ])('changes nothing from elsewhere: %j', async (headers) => {
    const cookie = await open();
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      await expect(caller(cookie, method, headers)).rejects.toEqual(refusedAs('forbidden'));
    }
  });
});
