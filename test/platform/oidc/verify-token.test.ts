import { createHmac } from 'node:crypto';
import { exportSPKI, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeySet } from '#platform/oidc/key-set.ts';
import { createTokenVerifier } from '#platform/oidc/verify-token.ts';
import {
  type FakeProvider,
  makeKey,
  type SigningKey,
  signToken,
  startFakeProvider,
} from '../../support/fake-provider.ts';

const nowMs = Date.parse('2026-11-21T12:00:00.000Z');
const seconds = nowMs / 1_000;

let key: SigningKey;
let others: SigningKey[];
let stranger: SigningKey;
let provider: FakeProvider;

beforeAll(async () => {
  key = await makeKey('RS256', 'rsa-1');
  others = await Promise.all([
    makeKey('PS256', 'pss-1'),
    makeKey('ES256', 'ec-1'),
    makeKey('EdDSA', 'ed-1'),
    makeKey('RS512', 'rsa-512'),
    makeKey('ES384', 'ec-384'),
  ]);
  stranger = await makeKey('RS256', 'rsa-1');
  provider = await startFakeProvider([key, ...others]);
});

afterAll(() => provider.close());

function verify(token: string) {
  const keys = createKeySet({ jwksUri: async () => provider.jwksUri, nowMs: () => nowMs });
  const verifier = createTokenVerifier({
    issuer: provider.issuer,
    audience: 'openclaw',
    keys,
    clientIds: ['openclaw-web', 'openclaw-cli'],
    nowMs: () => nowMs,
  });
  return verifier(token);
}

function good(changes: JWTPayload = {}): JWTPayload {
  return {
    iss: provider.issuer,
    aud: 'openclaw',
    sub: 'acme-user',
    iat: seconds - 10,
    exp: seconds + 900,
    client_id: 'openclaw-web',
    tenant: 'acme',
    ...changes,
  };
}

function without(claim: string): JWTPayload {
  return Object.fromEntries(Object.entries(good()).filter(([name]) => name !== claim));
}

async function expectRefused(token: string, reason: string) {
  await expect(verify(token)).rejects.toMatchObject({ code: 'invalid_token', detail: { reason } });
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a good token', () => {
  it('gives its claims', async () => {
    await expect(verify(await signToken(key, good()))).resolves.toMatchObject({
      sub: 'acme-user',
      tenant: 'acme',
    });
  });

  it('may be signed with each of the accepted algorithms', async () => {
    for (const other of others.slice(0, 3)) {
      await expect(verify(await signToken(other, good()))).resolves.toMatchObject({ sub: 'acme-user' });
    }
  });

  it('may have the type JWT or application/at+jwt', async () => {
    for (const typ of ['JWT', 'application/at+jwt', 'AT+JWT']) {
      await expect(verify(await signToken(key, good(), { typ }))).resolves.toMatchObject({
        sub: 'acme-user',
      });
    }
  });

  it('may be for several audiences, ours among them', async () => {
    const token = await signToken(key, good({ aud: ['other', 'openclaw'] }));
    await expect(verify(token)).resolves.toMatchObject({ sub: 'acme-user' });
  });
});

describe('signature and algorithm', () => {
  it('refuses alg none, in every spelling', async () => {
    for (const alg of ['none', 'None', 'NONE', 'nOnE']) {
      const unsigned = `${base64url({ alg, typ: 'at+jwt' })}.${base64url(good())}.`;
      await expect(verify(unsigned)).rejects.toMatchObject({ code: 'invalid_token' });
    }
  });

  it('refuses HS256 made with the public key as the shared secret', async () => {
    const secret = await exportSPKI(key.publicKey);
    const input = `${base64url({ alg: 'HS256', kid: key.kid, typ: 'at+jwt' })}.${base64url(good())}`;
    const mac = createHmac('sha256', secret).update(input).digest('base64url');
    await expectRefused(`${input}.${mac}`, 'algorithm');
  });

  it('refuses strong algorithms that are not on the list', async () => {
    for (const other of others.slice(3)) await expectRefused(await signToken(other, good()), 'algorithm');
  });

  it('refuses the signature of another key under a known key id', async () => {
    await expectRefused(await signToken(stranger, good()), 'signature');
  });

  it('refuses an unknown key id, and a known one of another algorithm', async () => {
    await expectRefused(await signToken(key, good(), { kid: 'nobody' }), 'key');
    await expectRefused(await signToken(key, good(), { kid: 'ec-1' }), 'key');
  });

  it('takes no key from the token itself', async () => {
    for (const header of [
      { jwk: stranger.jwk },
      { jku: 'http://127.0.0.1:1/jwks' },
      { x5u: 'http://127.0.0.1:1/' },
    ]) {
      await expectRefused(await signToken(stranger, good(), header), 'signature');
    }
  });

  it('refuses claims changed after signing', async () => {
    const [header, , signature] = (await signToken(key, good())).split('.');
    await expectRefused(`${header}.${base64url(good({ sub: 'acme-admin' }))}.${signature}`, 'signature');
  });

  it('refuses a cut, empty or stretched signature', async () => {
    const token = await signToken(key, good());
    await expectRefused(token.slice(0, -8), 'signature');
    await expectRefused(token.slice(0, token.lastIndexOf('.') + 1), 'signature');
    await expectRefused(`${token}AAAA`, 'signature');
  });

  it('refuses critical headers it does not understand', async () => {
    const header = { alg: 'RS256', kid: key.kid, typ: 'at+jwt', crit: ['cap'], cap: 'none' };
    await expectRefused(`${base64url(header)}.${base64url(good())}.AAAA`, 'malformed');
  });
});

describe('issuer, audience and client', () => {
  it('refuses another issuer, look-alikes and none', async () => {
    for (const iss of ['https://evil.test', `${provider.issuer}/`, provider.issuer.toUpperCase()]) {
      await expectRefused(await signToken(key, good({ iss })), 'iss');
    }
    await expectRefused(await signToken(key, without('iss')), 'iss');
  });

  it('refuses another audience, a prefix of ours and none', async () => {
    for (const aud of ['other', 'openclaw2', 'openclaw-web', ['a', 'b']]) {
      await expectRefused(await signToken(key, good({ aud })), 'aud');
    }
    await expectRefused(await signToken(key, without('aud')), 'aud');
  });

  it('refuses a token that another client asked for', async () => {
    await expectRefused(await signToken(key, good({ client_id: 'other-app' })), 'client');
    await expectRefused(await signToken(key, good({ azp: 'other-app' })), 'client');
    await expectRefused(await signToken(key, good({ azp: ['openclaw-web'] })), 'client');
  });
});

describe('times', () => {
  it('refuses a token past its end by more than the skew of 30 s, and takes one within it', async () => {
    await expectRefused(await signToken(key, good({ exp: seconds - 30 })), 'expired');
    await expect(verify(await signToken(key, good({ exp: seconds - 29 })))).resolves.toMatchObject({
      sub: 'acme-user',
    });
  });

  it('refuses a token that starts later than the skew, and takes one within it', async () => {
    await expectRefused(await signToken(key, good({ nbf: seconds + 31 })), 'not_yet_valid');
    await expect(verify(await signToken(key, good({ nbf: seconds + 30 })))).resolves.toMatchObject({
      sub: 'acme-user',
    });
  });

  it('refuses a token issued in the future', async () => {
    await expectRefused(await signToken(key, good({ iat: seconds + 31 })), 'not_yet_valid');
  });

  it('refuses a token without end or without start', async () => {
    await expectRefused(await signToken(key, without('exp')), 'exp');
    await expectRefused(await signToken(key, without('iat')), 'iat');
  });

  it('refuses an end that is not a number', async () => {
    await expectRefused(await signToken(key, { ...good(), exp: '2099' } as unknown as JWTPayload), 'exp');
  });
});

describe('subject', () => {
  it('refuses a missing, empty, blank, over-long or broken subject', async () => {
    await expectRefused(await signToken(key, without('sub')), 'sub');
    for (const sub of ['', ' ', 'a b', 'a\nb', 'a\u0000b', '\ud800', 'x'.repeat(256)]) {
      await expectRefused(await signToken(key, good({ sub })), 'subject');
    }
    await expectRefused(await signToken(key, { ...good(), sub: 7 } as unknown as JWTPayload), 'subject');
  });
});

describe('kind of token', () => {
  it('refuses an identity token shown as an access token', async () => {
    const asTold = { typ: 'JWT' };
    await expectRefused(await signToken(key, good({ aud: 'openclaw-web', nonce: 'n' }), asTold), 'aud');
    for (const mark of [{ nonce: 'n' }, { at_hash: 'x' }, { c_hash: 'x' }, { s_hash: 'x' }]) {
      await expectRefused(await signToken(key, good(mark), asTold), 'type');
    }
  });

  it('refuses a logout token, and types it does not know', async () => {
    await expectRefused(await signToken(key, good({ events: {} }), { typ: 'JWT' }), 'type');
    for (const typ of ['logout+jwt', 'dpop+jwt', 'secevent+jwt', '', undefined]) {
      await expectRefused(await signToken(key, good(), { typ }), 'type');
    }
  });
});

describe('size and shape', () => {
  it('refuses an over-long header before it looks at it', async () => {
    const fetched = provider.fetches();
    await expectRefused(await signToken(key, good(), { pad: 'x'.repeat(1_100) }), 'size');
    expect(provider.fetches()).toBe(fetched);
  });

  it('refuses an over-long token', async () => {
    await expectRefused(await signToken(key, good({ pad: 'x'.repeat(9_000) })), 'size');
  });

  it('refuses what is no token at all', async () => {
    for (const text of [
      '',
      '.',
      '..',
      'a.b',
      'a.b.c',
      'a.b.c.d.e',
      '{}',
      '💥.💥.💥',
      `${base64url({})}.${base64url({})}.`,
    ]) {
      await expect(verify(text)).rejects.toMatchObject({ code: 'invalid_token' });
    }
  });

  it('refuses claims that are not an object', async () => {
    const input = `${base64url({ alg: 'RS256', kid: key.kid, typ: 'at+jwt' })}.${base64url([good()])}`;
    await expectRefused(`${input}.AAAA`, 'signature');
  });
});
