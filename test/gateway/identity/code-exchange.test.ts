import { createHash } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IdentityParts } from '#gateway/identity/identity-parts.ts';
import {
  type FakeProvider,
  makeKey,
  type SigningKey,
  signToken,
  startFakeProvider,
} from '../../support/fake-provider.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { openTestIdentity } from '../../support/test-identity.ts';

let key: SigningKey;
let provider: FakeProvider;
let opened: TestStores;
let identity: IdentityParts;

beforeAll(async () => {
  key = await makeKey('ES256', 'ec-1');
  provider = await startFakeProvider([key]);
  opened = await openTestStores();
  const publicUrl = 'https://gateway.test';
  identity = openTestIdentity({ stores: opened.stores, issuer: provider.issuer, publicUrl });
});
afterAll(async () => {
  await provider?.close();
  await opened?.close();
});

const refusedAs = (code: string) => expect.objectContaining({ code });

function accessToken() {
  const seconds = Math.floor(Date.now() / 1_000);
  return signToken(key, {
    iss: provider.issuer,
    aud: 'openclaw',
    sub: 'acme-user',
    iat: seconds,
    exp: seconds + 900,
    tenant: 'acme',
    groups: ['openclaw-users'],
    org_unit: 'engineering/web',
  });
}

describe('the provider’s answer to a code', () => {
  async function finish(answer: (nonce: string) => Promise<{ status: number; body: unknown }>) {
    const { pending } = await identity.signIn.begin('/', new Date());
    provider.onToken(() => answer(pending.nonce));
    return identity.signIn.finish(new URLSearchParams({ code: 'c', state: pending.state }), pending);
  }

  function idToken(nonce: string, changes: JWTPayload = {}, signedBy = key) {
    const seconds = Math.floor(Date.now() / 1_000);
    const told = {
      iss: provider.issuer,
      aud: 'openclaw-web',
      sub: 'acme-user',
      iat: seconds,
      exp: seconds + 60,
      nonce,
    };
    return signToken(signedBy, { ...told, ...changes }, { typ: 'JWT' });
  }

  const tokens = async (fields: Record<string, unknown>) => ({
    status: 200,
    body: { access_token: await accessToken(), token_type: 'Bearer', ...fields },
  });

  it('gives a person when everything fits', async () => {
    const signedIn = await finish(async (nonce) =>
      tokens({ id_token: await idToken(nonce), refresh_token: 'r' }),
    );
    expect(signedIn).toMatchObject({ identity: { actor: { userId: 'acme-user' } }, refreshToken: 'r' });
  });

  it('without an identity token is no_id_token', async () => {
    await expect(finish(() => tokens({}))).rejects.toEqual(refusedAs('no_id_token'));
  });

  it('with an identity token that does not fit is invalid_token', async () => {
    const stranger = await makeKey('ES256', 'ec-1');
    const old = { exp: Math.floor(Date.now() / 1_000) - 60 };
    for (const make of [
      (_nonce: string) => idToken('another nonce'),
      (nonce: string) => idToken(nonce, { aud: 'other' }),
      (nonce: string) => idToken(nonce, { iss: 'https://evil.test' }),
      (nonce: string) => idToken(nonce, { sub: 'acme-admin' }),
      (nonce: string) => idToken(nonce, old),
      (nonce: string) => idToken(nonce, { aud: ['openclaw-web', 'other'], azp: 'other' }),
      (nonce: string) => idToken(nonce, {}, stranger),
    ]) {
      await expect(finish(async (nonce) => tokens({ id_token: await make(nonce) }))).rejects.toEqual(
        refusedAs('invalid_token'),
      );
    }
  });

  it('with an identity token for another access token is invalid_token', async () => {
    const own = await accessToken();
    const hash = createHash('sha256').update(own).digest().subarray(0, 16).toString('base64url');
    const told = (atHash: string) => async (nonce: string) => {
      const id_token = await idToken(nonce, { at_hash: atHash });
      return { status: 200, body: { access_token: own, token_type: 'Bearer', id_token } };
    };
    await expect(finish(told('AAAAAAAAAAAAAAAAAAAAAA'))).rejects.toEqual(refusedAs('invalid_token'));
    await expect(finish(told(''))).rejects.toEqual(refusedAs('invalid_token'));
    await expect(finish(told(hash))).resolves.toMatchObject({ identity: { actor: { userId: 'acme-user' } } });
  });

  it('with an access token that is not ours to read is invalid_token', async () => {
    const opaque = async (nonce: string) =>
      tokens({ access_token: 'opaque', id_token: await idToken(nonce) });
    await expect(finish(opaque)).rejects.toEqual(refusedAs('invalid_token'));
  });

  it('that refuses the code is token_exchange_failed; that breaks down is the provider away', async () => {
    await expect(finish(async () => ({ status: 400, body: { error: 'invalid_grant' } }))).rejects.toEqual(
      refusedAs('token_exchange_failed'),
    );
    await expect(finish(async () => ({ status: 200, body: 'not json' }))).rejects.toEqual(
      refusedAs('token_exchange_failed'),
    );
    await expect(
      finish(async () => ({ status: 503, body: { error: 'temporarily_unavailable' } })),
    ).rejects.toEqual(refusedAs('IDENTITY_PROVIDER_UNAVAILABLE'));
  });
});
