import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CodedError } from '#domain/error.ts';
import { shippedGroupRoles } from '#domain/person/role.ts';
import type { RightsCheck } from '#platform/oidc/ask-provider.ts';
import { type Oidc, openOidc } from '#platform/oidc/open-oidc.ts';
import { makeKey, type SigningKey, signToken } from '../../support/fake-provider.ts';
import { give, json, type Said, says, told, troubles } from '../../support/provider-answers.ts';

const addresses = {
  discovery: '/.well-known/openid-configuration',
  'the key set': '/jwks',
} as const;
type Endpoint = keyof typeof addresses;

const questions = ['refresh', 'userinfo', 'introspection', 'verify'] as const;
type Question = (typeof questions)[number];

const quarter = 900_000;

let key: SigningKey;
let server: Server;
let issuer: string;
/** What the endpoint says that is out of order; everything else answers well. */
let broken: { endpoint: Endpoint; said: Said } | undefined;

beforeAll(async () => {
  key = await makeKey('ES256', 'k');
  server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume();
  const path = request.url ?? '';
  if (broken !== undefined && path === addresses[broken.endpoint])
    return give(broken.said, request, response);
  const bodies: Record<string, unknown> = {
    '/.well-known/openid-configuration': metadata(),
    '/jwks': { keys: [key.jwk] },
    '/token': { access_token: await accessToken(), token_type: 'Bearer' },
    '/userinfo': told,
    '/introspect': told,
  };
  response.writeHead(200, json).end(JSON.stringify(bodies[path]));
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

/** Valid for as long as any of these tests goes on. */
function accessToken(): Promise<string> {
  const seconds = Math.floor(Date.now() / 1_000);
  const { active: _, ...claims } = told;
  return signToken(key, { iss: issuer, aud: 'openclaw', iat: seconds, exp: seconds + 86_400, ...claims });
}

/** A process that begins to ask now; `pass` lets time go by for it. */
function start(rightsCheck: RightsCheck, timeoutMs: number): Oidc & { pass(ms: number): void } {
  let clock = Date.now();
  const oidc = openOidc({
    issuer,
    audience: 'openclaw',
    clientId: 'web',
    clientSecret: 'secret',
    cliClientId: 'cli',
    claims: { tenant: 'tenant', orgUnit: 'org_unit', groups: 'groups' },
    groupRoles: shippedGroupRoles,
    rightsCheck,
    tenants: { find: async (id) => (id === 'acme' ? {} : undefined) },
    timeoutMs,
    nowMs: () => clock,
  });
  return Object.assign(oidc, {
    pass: (ms: number) => {
      clock += ms;
    },
  });
}

async function answerTo(question: Question, { ask, identify }: Oidc): Promise<string> {
  try {
    switch (question) {
      case 'refresh':
        await ask.personIn((await ask.refresh('r0', 'u')).accessToken, 'u');
        return 'rights';
      case 'userinfo':
      case 'introspection':
        return (await ask.rightsOf(await accessToken())) === undefined ? 'nothing' : 'rights';
      case 'verify':
        await identify(await accessToken());
        return 'rights';
    }
  } catch (error) {
    return error instanceof CodedError ? error.code : `unexpected ${String(error)}`;
  }
}

/** Without addresses nobody is asked; without keys no token of theirs is believed. */
const needs: Record<Endpoint, readonly Question[]> = {
  discovery: questions,
  'the key set': ['refresh', 'verify'],
};

/** Those that only these two endpoints can give. */
const further: readonly [string, () => Said][] = [
  ['an empty object', () => says({})],
  ['the metadata of another', () => says({ ...metadata(), issuer: 'https://elsewhere.example' })],
  ['no keys', () => says({ keys: [] })],
  ['keys that are none', () => says({ keys: [{ kty: 'EC' }, null, 7] })],
  ['keys twice', () => says(`{"keys":[],"keys":[${JSON.stringify(key.jwk)}]}`)],
  ['keys without end', () => says({ keys: [key.jwk], pad: 'x'.repeat(2_000_000) })],
];

const answers: [string, () => Said][] = [
  ...troubles.map(([name, said]): [string, () => Said] => [name, () => said]),
  ...further,
];

const checkOf = (question: Question): RightsCheck =>
  question === 'userinfo' || question === 'introspection' ? question : 'off';

describe.each(Object.keys(addresses) as Endpoint[])('where %s is', (endpoint) => {
  it.each(answers)('%s: it says nothing about anybody', async (_, say) => {
    const said = say();
    const timeoutMs = said === 'hang' ? 150 : 5_000;
    const found = await Promise.all(
      questions.map(async (question) => {
        broken = undefined;
        const known = start(checkOf(question), timeoutMs);
        const before = await answerTo(question, known);
        return { question, known, before };
      }),
    );
    broken = { endpoint, said };
    const seen = await Promise.all(
      found.map(async ({ question, known, before }) => {
        const fresh = start(checkOf(question), timeoutMs);
        known.pass(4 * quarter + 1);
        return [question, before, await answerTo(question, known), await answerTo(question, fresh)];
      }),
    );
    // Whoever knew the addresses and the keys before goes on with them; whoever begins has to wait.
    expect(seen).toEqual(
      questions.map((question) => [
        question,
        'rights',
        'rights',
        needs[endpoint].includes(question) ? 'IDENTITY_PROVIDER_UNAVAILABLE' : 'rights',
      ]),
    );
  });
});
