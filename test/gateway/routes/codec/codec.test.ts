import { defaultPayloadConverter } from '@temporalio/common';
import type { FastifyInstance } from 'fastify';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IdentityParts } from '#gateway/identity/identity-parts.ts';
import { decodeRoutes } from '#gateway/routes/codec/decode-routes.ts';
import { createEnvelope } from '#platform/crypto/envelope.ts';
import { parseKeyRing } from '#platform/crypto/key-ring.ts';
import { createOpenPayload, createPayloadCodec } from '#platform/temporal/payload-codec.ts';
import {
  type FakeProvider,
  makeKey,
  type SigningKey,
  signToken,
  startFakeProvider,
} from '../../../support/fake-provider.ts';
import { openTestStores } from '../../../support/open-test-stores.ts';
import { inWorkflow } from '../../../support/payloads.ts';
import { createTestApp, openTestIdentity, testEnvelope } from '../../../support/test-identity.ts';

const uiOrigin = 'http://127.0.0.1:8233';
const secretPath = `/codec/${'0123456789abcdef'.repeat(2)}`;
const namespace = 'default';
const codec = createPayloadCodec(testEnvelope, { namespace });
let key: SigningKey;
let provider: FakeProvider;
let closeStores: () => Promise<void>;
/** Reached from its own machine alone, as `npm start` makes it. */
let local: FastifyInstance;
/** Reached from elsewhere, as in compose and chart. */
let shared: FastifyInstance;
/** The same, with a client of the UI's own. */
let viewed: FastifyInstance;

beforeAll(async () => {
  key = await makeKey('ES256', 'ec-1');
  provider = await startFakeProvider([key]);
  const opened = await openTestStores();
  closeStores = opened.close;
  const identityAt = (publicUrl: string, more: { temporalUiClientId?: string } = {}) =>
    openTestIdentity({ stores: opened.stores, issuer: provider.issuer, publicUrl, ...more });
  local = await appWith(identityAt('http://127.0.0.1:8080'), secretPath);
  shared = await appWith(identityAt('https://gateway.test'), secretPath);
  const temporalUiClientId = 'openclaw-temporal-ui';
  viewed = await appWith(identityAt('https://gateway.test', { temporalUiClientId }), secretPath);
});

afterAll(async () => {
  await Promise.all([local.close(), shared.close(), viewed.close(), provider.close()]);
  await closeStores();
});

function appWith(identity: IdentityParts, path: string) {
  const routes = decodeRoutes({
    open: createOpenPayload(testEnvelope, { namespace }),
    authenticate: identity.authenticateViewer,
    path,
    origin: `${uiOrigin}/`,
    publicUrl: identity.publicUrl,
    operatorTenant: 'acme',
  });
  return createTestApp(identity, routes);
}

interface Options {
  headers?: Record<string, string>;
  remoteAddress?: string;
  path?: string;
}

function decode(
  app: FastifyInstance,
  payloads: unknown,
  { headers = {}, remoteAddress, path = secretPath }: Options = {},
) {
  return app.inject({
    method: 'POST',
    url: `${path}/decode`,
    payload: { payloads } as object,
    headers: { origin: uiOrigin, 'x-namespace': 'default', ...headers },
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
  });
}

async function tokenOf(groups: string[], changes: JWTPayload = {}) {
  const seconds = Math.floor(Date.now() / 1_000);
  const token = await signToken(key, {
    iss: provider.issuer,
    aud: 'openclaw',
    sub: 'acme-someone',
    iat: seconds,
    exp: seconds + 900,
    tenant: 'acme',
    groups,
    org_unit: 'engineering',
    ...changes,
  });
  return { authorization: `Bearer ${token}` };
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A payload as Temporal UI sends it. */
async function encrypted(value: unknown, by = codec) {
  const [payload] = await by.encode(
    [defaultPayloadConverter.toPayload(value)],
    inWorkflow('request:acme:req_1'),
  );
  return {
    metadata: Object.fromEntries(
      Object.entries(payload?.metadata ?? {}).map(([name, bytes]) => [
        name,
        Buffer.from(bytes).toString('base64'),
      ]),
    ),
    data: Buffer.from(payload?.data ?? []).toString('base64'),
  };
}

describe('decoding', () => {
  it('gives what was encoded, in order', async () => {
    const response = await decode(local, [
      await encrypted({ requestId: 'req_1' }),
      await encrypted('second'),
    ]);
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({
      payloads: [
        { metadata: { encoding: base64('json/plain') }, data: base64('{"requestId":"req_1"}') },
        { metadata: { encoding: base64('json/plain') }, data: base64('"second"') },
      ],
    });
  });

  it('leaves plaintext as it came', async () => {
    const plain = {
      metadata: { encoding: base64('json/plain'), more: base64('x') },
      data: base64('1'),
      unknown: [1],
    };
    expect((await decode(local, [plain, {}])).json()).toEqual({ payloads: [plain, {}] });
  });

  it('leaves what it can not decrypt encrypted, with a note', async () => {
    const otherKeys = JSON.stringify({ active: 'k9', keys: { k9: Buffer.alloc(32, 9).toString('base64') } });
    const foreign = await encrypted(
      'x',
      createPayloadCodec(createEnvelope(parseKeyRing(otherKeys)), { namespace }),
    );
    const own = await encrypted('x');
    const broken = { ...own, data: own.data.slice(0, 40) };
    const { payloads } = (await decode(local, [foreign, broken, await encrypted('y')])).json();
    for (const [index, sent] of [foreign, broken].entries()) {
      expect(payloads[index].data).toBe(sent.data);
      expect(payloads[index].metadata.encoding).toBe(base64('binary/encrypted'));
      expect(Buffer.from(payloads[index].metadata['openclaw-note'], 'base64').toString()).toContain(
        'could not',
      );
    }
    expect(payloads[2].data).toBe(base64('"y"'));
  });

  it('refuses what is no list of payloads', async () => {
    for (const bad of [
      'x',
      [1],
      [{ data: 'no base64!' }],
      [{ metadata: { encoding: 1 } }],
      Array.from({ length: 2_001 }, () => ({})),
    ]) {
      const response = await decode(local, bad);
      expect([response.statusCode, response.json().error]).toEqual([400, 'INVALID_REQUEST']);
    }
  });

  it('has no counterpart that encodes', async () => {
    const response = await local.inject({
      method: 'POST',
      url: `${secretPath}/encode`,
      payload: { payloads: [] },
    });
    expect(response.statusCode).toBe(404);
  });
});

describe('who may decode', () => {
  it('the page of Temporal UI, and no other', async () => {
    const allowed = await decode(local, []);
    expect(allowed.headers['access-control-allow-origin']).toBe(uiOrigin);
    expect(allowed.headers.vary).toBe('origin');
    for (const origin of ['http://evil.test', 'http://localhost:8233', 'null']) {
      const response = await decode(local, [], { headers: { origin } });
      expect([response.statusCode, response.json().error]).toEqual([403, 'forbidden']);
    }
    const asked = await local.inject({
      method: 'OPTIONS',
      url: `${secretPath}/decode`,
      headers: { origin: 'http://evil.test' },
    });
    expect(asked.statusCode).toBe(204);
    expect(asked.headers['access-control-allow-origin']).toBe(uiOrigin);
    expect(asked.headers['access-control-allow-headers']).toContain('x-namespace');
  });

  it('without a token only this machine itself', async () => {
    for (const remoteAddress of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
      expect((await decode(local, [], { remoteAddress })).statusCode).toBe(200);
    }
    for (const remoteAddress of ['10.0.0.5', '::ffff:10.0.0.5', '1127.0.0.1', '2001:db8::1']) {
      expect((await decode(local, [], { remoteAddress })).json()).toMatchObject({ error: 'forbidden' });
    }
  });

  it('nobody through a proxy on this machine', async () => {
    for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip']) {
      expect((await decode(local, [], { headers: { [name]: '127.0.0.1' } })).json()).toMatchObject({
        error: 'forbidden',
      });
    }
  });

  it('nobody under a path that can be guessed', async () => {
    expect((await decode(local, [], { path: '/codec/guess' })).statusCode).toBe(404);
  });

  it('without a token nobody where the gateway is reached from elsewhere', async () => {
    const response = await decode(shared, [], { remoteAddress: '127.0.0.1' });
    expect([response.statusCode, response.json().error]).toEqual([401, 'missing_token']);
  });

  it("with a token the operator's administrators alone", async () => {
    const remoteAddress = '10.0.0.5';
    for (const groups of [['org-admins'], ['openclaw-admins']]) {
      const response = await decode(shared, [await encrypted(1)], {
        headers: await tokenOf(groups),
        remoteAddress,
      });
      expect(response.json()).toMatchObject({ payloads: [{ data: base64('1') }] });
    }
    for (const groups of [['openclaw-team-leads'], ['openclaw-users'], ['strangers']]) {
      const response = await decode(shared, [], { headers: await tokenOf(groups), remoteAddress });
      expect(response.json()).toMatchObject({ error: 'forbidden' });
    }
    const headers = await tokenOf(['openclaw-admins'], { tenant: 'globex' });
    const elsewhere = await decode(shared, [await encrypted(1)], { headers, remoteAddress });
    expect(elsewhere.json()).toMatchObject({ error: 'forbidden' });
  });

  it("the UI's own client, whose tokens open nothing else, and no other client", async () => {
    const remoteAddress = '10.0.0.5';
    const ownClients = [{ azp: 'openclaw-web' }, { client_id: 'openclaw-cli' }];
    const uiClient = [
      { azp: 'openclaw-temporal-ui' },
      { client_id: 'openclaw-temporal-ui' },
      { azp: 'openclaw-temporal-ui', client_id: 'openclaw-temporal-ui' },
    ];
    const mixed = { azp: 'openclaw-temporal-ui', client_id: 'openclaw-web' };
    const told = async (app: FastifyInstance, claims: JWTPayload) => {
      const headers = await tokenOf(['openclaw-admins'], claims);
      const [decoded, elsewhere] = await Promise.all([
        decode(app, [], { headers, remoteAddress }),
        app.inject({ url: '/api/v1/who', headers }),
      ]);
      return [decoded.statusCode, elsewhere.statusCode];
    };
    for (const claims of uiClient) expect(await told(viewed, claims)).toEqual([200, 401]);
    for (const claims of ownClients) expect(await told(viewed, claims)).toEqual([401, 200]);
    for (const claims of [mixed, { azp: 'payroll' }]) expect(await told(viewed, claims)).toEqual([401, 401]);
    // Without a client of the UI's own, those of people's tools serve.
    for (const claims of ownClients) expect(await told(shared, claims)).toEqual([200, 200]);
    for (const claims of uiClient) expect(await told(shared, claims)).toEqual([401, 401]);
  });

  it('nobody with a bad token, this machine included', async () => {
    for (const headers of [{ authorization: 'Bearer x' }, await tokenOf(['openclaw-admins'], { exp: 1 })]) {
      expect((await decode(local, [], { headers })).json()).toMatchObject({ error: 'invalid_token' });
    }
    const unknown = await decode(local, [], {
      headers: await tokenOf(['openclaw-admins'], { tenant: 'initech' }),
    });
    expect(unknown.json()).toMatchObject({ error: 'TENANT_UNKNOWN' });
  });
});
