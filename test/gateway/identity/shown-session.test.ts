import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '#domain/person/actor.ts';
import type { AnyRoute } from '#gateway/http/route.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import { newId } from '#platform/new-id.ts';
import { entriesOf } from '../../support/audit-entries.ts';
import { openTestGateway, people, type TestGateway } from '../../support/test-gateway.ts';

const admin: Actor = { tenantId: 'acme', userId: 'acme-admin', role: 'enterprise_admin', orgUnit: 'company' };
const lead: Actor = { tenantId: 'acme', userId: 'acme-lead', role: 'team_lead', orgUnit: 'engineering' };
const stranger: Actor = { ...admin, tenantId: 'globex', userId: 'globex-admin' };
const missing = newId('request');

interface Signed {
  id: string;
  cookie: string;
}

let test: TestGateway;
let routes: readonly AnyRoute[];
let mine: Signed;
/** What a page may name beside its own session; each is another than the cookie's. */
let others: Record<string, string>;

beforeAll(async () => {
  test = await openTestGateway({
    CODEC_PATH: '/codec/abcdefghijklmnopqrstuvwxyz',
    CODEC_ORIGIN: 'http://127.0.0.1:8233',
    OPERATOR_TENANT: 'acme',
  });
  routes = test.gateway.routes;
  mine = await open(admin);
  const ended = await open(admin);
  await test.stores.sessions.end(sha256Hex(ended.cookie));
  others = {
    'another person’s': (await open(lead)).id,
    'another tenant’s': (await open(stranger)).id,
    'another of the same person': (await open(admin)).id,
    'one that has ended': ended.id,
    'one that never was': newId('session'),
    'its own twice': `${mine.id}, ${mine.id}`,
    'its own in other letters': mine.id.toLowerCase(),
    'the value of the cookie': mine.cookie,
    'no id at all': 'x',
    nothing: '',
  };
});
afterAll(() => test?.close());

async function open(actor: Actor): Promise<Signed> {
  const [id, cookie, at] = [newId('session'), randomBytes(32).toString('hex'), new Date().toISOString()];
  await test.stores.sessions.open({
    id,
    kind: 'session',
    providerSession: null,
    idHash: sha256Hex(cookie),
    tenantId: actor.tenantId,
    userId: actor.userId,
    claims: {
      kind: 'session',
      identity: { actor, email: null, name: null, statedAt: at, issuedAt: at },
      confirmedAt: at,
      grantId: 'none',
      idToken: null,
      browser: null,
    },
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  });
  return { id, cookie };
}

const nameOf = ({ method, path }: AnyRoute) => `${method} ${path}`;

async function call(
  { method, path }: Pick<AnyRoute, 'method' | 'path'>,
  cookie: string | undefined,
  headers: Record<string, string>,
): Promise<string> {
  const answer = await test.app.inject({
    method,
    url: path.replaceAll(/:\w+/g, missing),
    headers: {
      'sec-fetch-site': 'same-origin',
      ...(cookie === undefined ? {} : { cookie: `session=${cookie}` }),
      ...headers,
    },
  });
  return answer.statusCode === 409 && answer.json().error === 'SESSION_CHANGED' ? 'refused' : 'let in';
}

/** Public routes that look at the session's cookie themselves. */
const ownLook = ['GET /api/v1/auth/userinfo', 'POST /auth/logout', 'GET /metrics'];
const byCookie = () => routes.filter((route) => route.auth !== 'public' || ownLook.includes(nameOf(route)));

describe('what a call by cookie says of the session that its page shows', () => {
  it('is asked of every route that changes something, and heeded by all; the right one is let in', async () => {
    const wrong: string[] = [];
    let tried = 0;
    const see = async (route: AnyRoute, what: string, right: string, headers: Record<string, string>) => {
      tried += 1;
      const got = await call(route, mine.cookie, headers);
      if (got !== right) wrong.push(`${nameOf(route)}, ${what}: ${got}`);
    };
    const before = (await entriesOf(test.stores, 'acme')).length;
    for (const route of byCookie()) {
      for (const [what, id] of Object.entries(others)) {
        await see(route, what, 'refused', { 'x-session-id': id });
      }
      if (route.method !== 'GET') await see(route, 'not said', 'refused', {});
    }
    expect(wrong).toEqual([]);
    // Refused before anything is looked at: nobody is on record for what another's page sent.
    expect(await entriesOf(test.stores, 'acme')).toHaveLength(before);

    // The end of it last: it ends the session.
    const ending = byCookie().toSorted(
      (one, other) => Number(one.path === '/auth/logout') - Number(other.path === '/auth/logout'),
    );
    for (const route of ending) {
      if (route.method === 'GET') await see(route, 'not said', 'let in', {});
      await see(route, 'its own', 'let in', { 'x-session-id': mine.id });
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(600);
    expect(byCookie().filter(({ method }) => method !== 'GET').length).toBeGreaterThan(25);
  });

  it('is not asked where no session’s cookie counts: public routes, tokens, calls without any', async () => {
    const authorization = `Bearer ${await test.token(people.admin)}`;
    const live = await open(admin);
    const wrong: string[] = [];
    for (const route of routes) {
      for (const headers of [{}, { 'x-session-id': others['another person’s'] ?? '' }]) {
        const told = [await call(route, undefined, headers)];
        if (!byCookie().includes(route)) told.push(await call(route, live.cookie, headers));
        if (!ownLook.includes(nameOf(route)) || route.method === 'GET')
          told.push(await call(route, live.cookie, { ...headers, authorization }));
        if (told.includes('refused')) wrong.push(`${nameOf(route)} ${JSON.stringify(headers)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('comes after the cookie itself: without a session that lives there is none to compare with', async () => {
    const { id, cookie } = await open(admin);
    await test.stores.sessions.end(sha256Hex(cookie));
    for (const [value, error] of [
      [cookie, 'session_not_found'],
      ['0'.repeat(64), 'session_not_found'],
      ['broken', 'invalid_session'],
    ]) {
      for (const headers of [{}, { 'x-session-id': id }]) {
        const answer = await test.app.inject({
          method: 'POST',
          url: '/api/v1/requests',
          headers: { 'sec-fetch-site': 'same-origin', cookie: `session=${value}`, ...headers },
        });
        expect([answer.statusCode, answer.json().error]).toEqual([401, error]);
      }
      expect(await call({ method: 'POST', path: '/auth/logout' }, value, { 'x-session-id': id })).toBe(
        'let in',
      );
    }
  });

  it('does not stand in for the look at where a call comes from', async () => {
    const { id, cookie } = await open(admin);
    for (const from of ['cross-site', 'same-site', 'none']) {
      for (const url of ['/api/v1/requests', '/auth/logout']) {
        const headers = { 'sec-fetch-site': from, cookie: `session=${cookie}`, 'x-session-id': id };
        const answer = await test.app.inject({ method: 'POST', url, headers });
        expect([answer.statusCode, answer.json().error]).toEqual([403, 'forbidden']);
      }
    }
  });

  it('stands in the description of the API where it is asked for', async () => {
    const document = (await test.app.inject({ url: '/api/v1/openapi.json' })).json();
    expect(document.components.securitySchemes.shown_session).toMatchObject({
      in: 'header',
      name: 'x-session-id',
    });
    const wrong = routes.filter(({ path, method, auth }) => {
      const { security } = document.paths[path.replaceAll(/:(\w+)/g, '{$1}')][method.toLowerCase()];
      const isAsked = JSON.stringify(security ?? []).includes('shown_session');
      return isAsked !== (auth !== 'public' && method !== 'GET');
    });
    expect(wrong.map(nameOf)).toEqual([]);
  });
});
