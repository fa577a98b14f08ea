import { text } from 'node:stream/consumers';
import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '#domain/person/actor.ts';
import { isPermission, reachOf } from '#domain/person/permission.ts';
import type { AnyRoute } from '#gateway/http/route.ts';
import { newId } from '#platform/new-id.ts';
import { openTestGateway, type TestGateway } from '../../support/test-gateway.ts';
import { actors, operatorTenant, personOf, places } from './cast.ts';
import { makeThings, openSession, type ThingKind, type Things } from './things.ts';
import { type ThingTouch, touches } from './touches.ts';

const nameOf = ({ method, path }: AnyRoute) => `${method} ${path}`;
const called = ({ tenantId, role }: Actor) => `${tenantId} ${role}`;

let test: TestGateway;
let routes: readonly AnyRoute[];
let things: readonly Things[];

beforeAll(async () => {
  test = await openTestGateway({ OPERATOR_TENANT: operatorTenant });
  routes = test.gateway.routes;
  const made: Things[] = [];
  for (const place of places) made.push(await makeThings(test.stores, place));
  things = made;
});
afterAll(() => test?.close());

const routeOf = (name: string) => {
  const route = routes.find((one) => nameOf(one) === name);
  if (route === undefined) throw new Error(`there is no route ${name}`);
  return route;
};

/** Ids of no thing there is, one of each kind. */
const missing: Record<ThingKind, string> = {
  request: newId('request'),
  approval: newId('approval'),
  audit_entry: newId('audit'),
  user_policy: newId('policy'),
  team_policy: newId('policy'),
  session: newId('session'),
  legal_hold: newId('hold'),
  erasure: newId('erasure'),
  person: 'nobody-we-know',
};

function addressOf(
  { path }: AnyRoute,
  { id = missing.request, at = /:\w+/, query = '' }: Partial<Named>,
): string {
  return `${path.replace(at, encodeURIComponent(id))}${query.replaceAll(':id', encodeURIComponent(id))}`;
}

async function call(actor: Actor, route: AnyRoute, about: Partial<Named> = {}): Promise<Told> {
  const { method, path } = route;
  const { id = missing.request, body, streams } = about;
  const answer = await test.as(personOf(actor), {
    method,
    url: addressOf(route, about),
    ...(method === 'GET' || body === undefined ? {} : { payload: named(body, id) }),
    ...(streams ? { payloadAsStream: true } : {}),
  });
  if (streams) return toldByStream(answer);
  leaks.push(...leaked(actor, answer).map((what) => `${called(actor)}: ${method} ${path} tells ${what}`));
  return answer;
}

function named(body: Readonly<Record<string, unknown>>, id: string) {
  return Object.fromEntries(
    Object.entries(body).map(([field, value]) => [field, value === ':id' ? id : value]),
  );
}

/** An answer as far as anybody learns from it. */
type Told = Pick<LightMyRequestResponse, 'statusCode' | 'headers' | 'body'>;

/** One that goes on is left after its head. */
async function toldByStream(answer: LightMyRequestResponse): Promise<Told> {
  const { statusCode, headers } = answer;
  const stream = answer.stream();
  if (statusCode !== 200) return { statusCode, headers, body: await text(stream) };
  answer.raw.res.destroy();
  return { statusCode, headers, body: '' };
}

interface Named {
  id: string;
  at: string | RegExp;
  body: Readonly<Record<string, unknown>> | undefined;
  query: string | undefined;
  streams: boolean | undefined;
}

/** Whatever was told to anybody that is another tenant's: filled by every call that any test makes. */
const leaks: string[] = [];

/** Names of people are left out: who asks about one gets the name back, and leaves it in the own audit log. */
function leaked(actor: Actor, { body, headers }: Told): string[] {
  const told = body + JSON.stringify(headers);
  return things
    .filter(({ place }) => place.tenantId !== actor.tenantId)
    .flatMap(({ ids, marker, place }) =>
      Object.values({ ...ids, person: marker })
        .filter((secret) => told.includes(secret))
        .map((secret) => `${secret} of ${place.label} in ${place.tenantId}`),
    );
}

/** What a caller learns: status, media type and every byte of the body. */
function learned({ statusCode, headers, body }: Told) {
  return { status: statusCode, type: headers['content-type'], body };
}

describe('the permission matrix', () => {
  it('describes every route, and none that is not there', () => {
    expect(Object.keys(touches).toSorted()).toEqual(routes.map(nameOf).toSorted());
  });

  it('has a line for each route that is not public', () => {
    const without = routes.filter(({ auth }) => auth !== 'public' && !isPermission(auth));
    expect(without.map(nameOf)).toEqual([]);
    const open = routes.filter(({ auth }) => auth === 'public').map(nameOf);
    expect(open.toSorted()).toEqual(
      Object.keys(touches)
        .filter((name) => touches[name] === 'nobody')
        .toSorted(),
    );
  });

  it('lets exactly the roles in that it says, in both tenants', async () => {
    const wrong: string[] = [];
    let tried = 0;
    for (const route of routes) {
      if (!isPermission(route.auth)) continue;
      for (const actor of actors) {
        const reach = reachOf(route.auth, actor.role);
        const may = reach !== 'none' && (reach !== 'operator' || actor.tenantId === operatorTenant);
        const { statusCode, body } = await call(actor, route);
        const refused = statusCode === 403 && JSON.parse(body).error === 'forbidden';
        tried += 1;
        if (refused === may)
          wrong.push(`${called(actor)}: ${nameOf(route)} ${statusCode} ${body.slice(0, 120)}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(200);
  });
});

describe('nothing of another tenant', () => {
  it('is told by any route that names a person or lists things', async () => {
    const questions = new Map<string, [AnyRoute, Partial<Named>]>();
    for (const { place, ids } of things) {
      for (const [name, touch] of Object.entries(touches)) {
        if (touch !== 'own' && touch !== 'tenant') continue;
        const route = routeOf(name);
        if (route.method !== 'GET') continue;
        for (const query of asked(route, ids)) {
          const about = { id: place.userId, query };
          questions.set(addressOf(route, about), [route, about]);
        }
      }
    }
    expect(questions.size).toBeGreaterThan(things.length);
    for (const actor of actors) {
      for (const [route, about] of questions.values()) await call(actor, route, about);
    }
    expect(leaks).toEqual([]);
  });

  /** Filters that name somebody else or something of theirs, where a list takes any. */
  function asked({ path }: AnyRoute, { person, request }: Things['ids']): string[] {
    const byPerson = `?user_id=${person}`;
    if (path === '/api/v1/auth/sessions') return ['', byPerson];
    return path === '/api/v1/audit' ? ['', byPerson, `?request_id=${request}`] : [''];
  }
});

describe('a thing that an address names', () => {
  const named = Object.entries(touches).flatMap(([name, touch]) =>
    typeof touch === 'string' ? [] : touch.things.map((kind) => [name, kind, touch] as const),
  );

  it.each(named)(
    '%s (%s): seen by whom it concerns; to all others as if it were not there',
    async (name, kind, touch) => {
      const wrong: string[] = [];
      for (const actor of actors) {
        const nothing = learned(await answerTo(actor, name, touch, missing[kind]));
        if (nothing.status !== 404 && nothing.status !== 403)
          wrong.push(`${called(actor)}, not there: ${JSON.stringify(nothing)}`);
        for (const { place, ids, marker } of things) {
          const id = touch.ends ? await openSession(test.stores, place, marker) : ids[kind];
          const answer = learned(await answerTo(actor, name, touch, id));
          const sees = actor.tenantId === place.tenantId && touch.sees(actor, place, kind);
          const same = JSON.stringify(answer) === JSON.stringify(nothing);
          const fits = sees
            ? !same &&
              answer.status !== 404 &&
              answer.status !== 500 &&
              (touch.elsewise === true || answer.status === 200)
            : same;
          if (!fits) {
            wrong.push(
              `${called(actor)}, ${place.label} of ${place.tenantId}: ${sees ? 'sees' : 'does not see'} ${JSON.stringify(answer).slice(0, 200)}`,
            );
          }
        }
      }
      expect(wrong).toEqual([]);
    },
  );

  function answerTo(actor: Actor, name: string, touch: ThingTouch, id: string) {
    const route = routeOf(name);
    return call(actor, route, {
      id,
      at: touch.at,
      body: touch.body,
      query: touch.query,
      streams: touch.streams,
    });
  }
});

describe('every answer above', () => {
  it('told nothing of another tenant', () => {
    expect(leaks).toEqual([]);
  });
});
