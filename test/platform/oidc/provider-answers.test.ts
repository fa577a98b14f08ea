import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shippedGroupRoles } from '#domain/person/role.ts';
import { type AskProvider, type RightsCheck } from '#platform/oidc/ask-provider.ts';
import { openOidc } from '#platform/oidc/open-oidc.ts';
import { makeKey, type SigningKey, signToken } from '../../support/fake-provider.ts';
import { challenge, give, json, type Said, says, told, troubles } from '../../support/provider-answers.ts';

type Endpoint = 'token' | 'userinfo' | 'introspection';
type Meaning = 'rights' | 'grant is over' | 'token is over' | 'no rights' | 'trouble';

let key: SigningKey;
let stranger: SigningKey;
let server: Server;
let issuer: string;
let next: Said;
let clock = Date.now();

beforeAll(async () => {
  [key, stranger] = await Promise.all([makeKey('ES256', 'k'), makeKey('ES256', 'k')]);
  server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

function serve(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const path = request.url ?? '';
  if (path === '/jwks') return void response.writeHead(200, json).end(JSON.stringify({ keys: [key.jwk] }));
  if (path === '/.well-known/openid-configuration')
    return void response.writeHead(200, json).end(JSON.stringify(metadata()));
  give(next, request, response);
}

function metadata() {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    introspection_endpoint: `${issuer}/introspect`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  };
}

function asking(rightsCheck: RightsCheck): AskProvider {
  // Each question is a quarter of an hour after the one before: none is left out because the provider was away.
  clock += 900_000;
  const at = clock;
  return openOidc({
    issuer,
    audience: 'openclaw',
    clientId: 'web',
    clientSecret: 'secret',
    cliClientId: 'cli',
    claims: { tenant: 'tenant', orgUnit: 'org_unit', groups: 'groups' },
    groupRoles: shippedGroupRoles,
    rightsCheck,
    tenants: { find: async (id) => (id === 'acme' ? {} : undefined) },
    nowMs: () => at,
    // Only who gets no answer waits for the end of it.
    timeoutMs: next === 'hang' ? 1_500 : 15_000,
  }).ask;
}

async function accessToken(claims: Record<string, unknown> = {}, by = key): Promise<string> {
  const seconds = Math.floor(clock / 1_000);
  const all = {
    iss: issuer,
    aud: 'openclaw',
    iat: seconds,
    exp: seconds + 3_600,
    ...told,
    active: undefined,
    ...claims,
  };
  return signToken(by, Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)));
}

async function meaningOf(endpoint: Endpoint, answer: Said): Promise<Meaning> {
  next = answer;
  try {
    if (endpoint === 'token') {
      const ask = asking('off');
      const tokens = await ask.refresh('r0', 'u');
      await ask.personIn(tokens.accessToken, 'u');
      return 'rights';
    }
    const of = await asking(endpoint).rightsOf(await accessToken());
    return of === undefined ? 'trouble' : 'rights';
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : String(error);
    const meanings: Record<string, Meaning> = {
      token_exchange_failed: 'grant is over',
      invalid_token: 'token is over',
      forbidden: 'no rights',
      TENANT_UNKNOWN: 'no rights',
      IDENTITY_PROVIDER_UNAVAILABLE: 'trouble',
    };
    return meanings[String(code)] ?? (`unexpected ${String(code)}` as Meaning);
  }
}

describe.each<Endpoint>(['token', 'userinfo', 'introspection'])('the %s endpoint', (endpoint) => {
  it.each(troubles)('says nothing about anybody by %s', async (_, answer) => {
    expect(await meaningOf(endpoint, answer)).toBe('trouble');
  });
});

describe('what ends a grant', () => {
  it.each([400, 401, 403])('is invalid_grant with %i', async (status) => {
    expect(await meaningOf('token', says({ error: 'invalid_grant', error_description: 'x' }, status))).toBe(
      'grant is over',
    );
  });
});

describe('what ends a token', () => {
  it.each([
    'Bearer error="invalid_token"',
    'Bearer realm="x", error="invalid_token", error_description="expired"',
  ])('is a 401 with %s', async (value) => {
    expect(await meaningOf('userinfo', challenge(value))).toBe('token is over');
  });

  it('is an introspection that says so', async () => {
    expect(await meaningOf('introspection', says({ active: false }))).toBe('token is over');
    for (const active of ['false', 0, null, undefined]) {
      expect(await meaningOf('introspection', says({ ...told, active }))).toBe('trouble');
    }
  });
});

/** Claims about the person, wherever they stand, and what they come to. */
const claims: [string, Record<string, unknown>, Meaning][] = [
  ['as they are', {}, 'rights'],
  ['a single group', { groups: 'openclaw-users' }, 'rights'],
  ['no groups', { groups: [] }, 'no rights'],
  ['groups left out', { groups: undefined }, 'no rights'],
  ['groups of nobody', { groups: ['strangers'] }, 'no rights'],
  ['no tenant', { tenant: undefined }, 'no rights'],
  ['a tenant that is none', { tenant: '../x' }, 'no rights'],
  ['groups that are no list', { groups: 7 }, 'trouble'],
  ['groups that are no texts', { groups: [7] }, 'trouble'],
  ['groups in an object', { groups: { 0: 'openclaw-users' } }, 'trouble'],
  ['a tenant that is no text', { tenant: ['acme'] }, 'trouble'],
  ['a unit that is no text', { org_unit: 7 }, 'trouble'],
  ['another person', { sub: 'admin', groups: [] }, 'trouble'],
  ['no person', { sub: undefined }, 'trouble'],
  ['a person that is no text', { sub: 7 }, 'trouble'],
];

describe('claims about the person', () => {
  it.each(claims)('%s', async (_, changes, meaning) => {
    expect(await meaningOf('userinfo', says({ ...told, ...changes }))).toBe(meaning);
    expect(await meaningOf('introspection', says({ ...told, ...changes }))).toBe(meaning);
    const access_token = await accessTokenLater(changes);
    expect(await meaningOf('token', says({ access_token, token_type: 'Bearer' }))).toBe(meaning);
  });

  it('in a token that is not the provider’s own are none', async () => {
    for (const access_token of [
      await accessTokenLater({ groups: [] }, stranger),
      await accessTokenLater({ groups: [], exp: 1 }),
      await accessTokenLater({ groups: [], aud: 'payroll' }),
      await accessTokenLater({ groups: [], iss: 'https://elsewhere.example' }),
      'opaque',
      'a.b.c',
      '',
    ]) {
      expect(await meaningOf('token', says({ access_token, token_type: 'Bearer' }))).toBe('trouble');
    }
  });

  it('given twice are no statement', async () => {
    const twice = '{"sub":"u","tenant":"acme","groups":["openclaw-admins"],"groups":[],"active":true}';
    expect(await meaningOf('userinfo', says(twice))).toBe('trouble');
    expect(await meaningOf('introspection', says(twice))).toBe('trouble');
  });
});

/** A token that is valid at the moment of the next question. */
function accessTokenLater(claimed: Record<string, unknown>, by = key): Promise<string> {
  const seconds = Math.floor(clock / 1_000) + 900;
  return accessToken({ iat: seconds, exp: seconds + 3_600, ...claimed }, by);
}
