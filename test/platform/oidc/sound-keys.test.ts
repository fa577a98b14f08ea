import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchSound } from '#platform/oidc/fetch-sound.ts';
import { createKeySet } from '#platform/oidc/key-set.ts';
import { createLogoutTokenVerifier } from '#platform/oidc/logout-token.ts';
import { soundKeys } from '#platform/oidc/sound-keys.ts';
import { createTokenVerifier } from '#platform/oidc/verify-token.ts';
import { parseBundleKeys } from '#platform/opa/bundle/bundle-keys.ts';
import {
  type FakeProvider,
  makeKey,
  type SigningKey,
  signToken,
  startFakeProvider,
} from '../../support/fake-provider.ts';
import { keyCells, rsa } from './weak-keys.ts';

const cells = keyCells();

function refusals(keys: readonly unknown[]) {
  const refused: [string | null, string][] = [];
  const set = soundKeys({ keys }, (kid, why) => refused.push([kid, why]));
  return { set, refused };
}

const privateKeyPem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });

describe('a set of keys', () => {
  it.each(cells)('of a key that is $name', ({ jwk, why }) => {
    const { set, refused } = refusals([{ ...jwk, kid: 'one' }]);
    // What OpenSSL says of a bad key must not be taken for what it says of the next one.
    expect(createPrivateKey(privateKeyPem).type).toBe('private');
    if (why === undefined) {
      expect(refused).toEqual([]);
      expect(set.keys).toHaveLength(1);
    } else {
      expect(refused).toEqual([['kty' in jwk ? 'one' : null, expect.stringMatching(why)]]);
      expect(set.keys).toEqual([]);
    }
  });

  it('goes on with the others where one is left out', () => {
    const keys = cells.map(({ jwk }, n) => ({ ...jwk, kid: `key-${n}` }));
    const { set, refused } = refusals(keys);
    const sound = cells.flatMap(({ why }, n) => (why === undefined ? [`key-${n}`] : []));
    expect(set.keys.map(({ kid }) => kid)).toEqual(sound);
    expect(refused).toHaveLength(cells.length - sound.length);
  });

  it('has no two keys of one name, unless type or algorithm tells them apart', () => {
    const [one, other] = ['RSA of 2048 bits', 'RSA of 3072 bits'].map((name) => named(name));
    const ec = named('P-256');
    const kid = 'same';
    const told = 'another key of the set has its name';
    const kept = (...keys: object[]) => refusals(keys.map((key) => ({ kid, ...key }))).set.keys.length;
    expect(
      refusals([
        { ...one, kid },
        { ...other, kid },
      ]).refused,
    ).toEqual([
      [kid, told],
      [kid, told],
    ]);
    expect(kept({ ...one }, { ...other })).toBe(0);
    expect(kept({ ...one }, { ...one })).toBe(1);
    expect(kept({ ...one }, { ...ec })).toBe(2);
    expect(kept({ ...one, alg: 'RS256' }, { ...other, alg: 'PS256' })).toBe(2);
    expect(kept({ ...one, alg: 'RS256' }, { ...other })).toBe(0);
    // A bad one does not take a good one with it.
    expect(kept({ ...one }, { ...named('RSA with e = 1') })).toBe(1);
  });

  it('that is no set at all is refused as a whole, and what is no key is left out', () => {
    for (const set of [null, [], {}, { keys: {} }, 'keys']) expect(() => soundKeys(set)).toThrow();
    expect(refusals([null, 7, 'x', [], { kty: 7 }, { kty: 'RSA', kid: 7 }]).set.keys).toEqual([]);
  });
});

function named(name: string): Record<string, unknown> {
  const found = cells.find((cell) => cell.name === name);
  if (found === undefined) throw new Error(name);
  return found.jwk;
}

describe('tokens', () => {
  const nowMs = Date.parse('2026-11-21T12:00:00.000Z');
  let good: SigningKey;
  let provider: FakeProvider;
  const told: string[] = [];

  beforeAll(async () => {
    good = await makeKey('RS256', 'good');
    provider = await startFakeProvider([good]);
  });
  afterAll(() => provider.close());

  const claims = () => ({
    iss: provider.issuer,
    aud: 'openclaw',
    sub: 'acme-admin',
    iat: nowMs / 1_000 - 10,
    exp: nowMs / 1_000 + 900,
    client_id: 'openclaw-web',
  });

  function serving(keys: readonly JWK[]) {
    provider.answerWith({ status: 200, body: JSON.stringify({ keys }) });
    const set = createKeySet({
      jwksUri: async () => provider.jwksUri,
      nowMs: () => nowMs,
      coolDownMs: 0,
      onUnsoundKey: (kid, why) => told.push(`${kid}: ${why}`),
    });
    const { issuer } = provider;
    const verify = createTokenVerifier({
      issuer,
      audience: 'openclaw',
      keys: set,
      clientIds: ['openclaw-web'],
      nowMs: () => nowMs,
    });
    const logout = createLogoutTokenVerifier({
      issuer,
      clientIds: ['openclaw'],
      keys: set,
      tenantClaim: 'tenant',
      nowMs: () => nowMs,
    });
    return { verify, logout };
  }

  const sign = (key: KeyObject, alg: string) =>
    new SignJWT(claims()).setProtectedHeader({ alg, kid: 'bad', typ: 'at+jwt' }).sign(key);

  /** What everybody can make for a key whose exponent is 1: the signature is the padded hash itself. */
  function unsigned({ n = '' }: JWK): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'RS256', kid: 'bad', typ: 'at+jwt' })}.${part(claims())}`;
    const hash = createHash('sha256').update(text).digest();
    const tail = Buffer.concat([Buffer.from('003031300d060960864801650304020105000420', 'hex'), hash]);
    const length = Buffer.from(n, 'base64url').length;
    const padding = Buffer.alloc(length - tail.length - 2, 0xff);
    return `${text}.${Buffer.concat([Buffer.from([0, 1]), padding, tail]).toString('base64url')}`;
  }

  const pairs = {
    'an exponent of 3': ['RS256', generateKeyPairSync('rsa', { modulusLength: 2_048, publicExponent: 3 })],
    'an exponent of 17': ['PS256', generateKeyPairSync('rsa', { modulusLength: 2_048, publicExponent: 17 })],
    '1024 bits': ['RS256', generateKeyPairSync('rsa', { modulusLength: 1_024 })],
    'use enc': ['ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' }), { use: 'enc' }],
    'key_ops without verify': [
      'ES256',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }),
      { key_ops: ['sign'] },
    ],
    'its private part': ['EdDSA', generateKeyPairSync('ed25519'), { d: 'AQ' }],
    'another algorithm': ['RS256', generateKeyPairSync('rsa', { modulusLength: 2_048 }), { alg: 'ES256' }],
  } as const;

  it.each(Object.entries(pairs))(
    'by a key with %s are refused, and others of the set are taken',
    async (_name, pair) => {
      const [alg, { privateKey, publicKey }, change = {}] = pair;
      const bad = { ...publicKey.export({ format: 'jwk' }), kid: 'bad', ...change } as JWK;
      const { verify } = serving([bad, good.jwk]);
      told.length = 0;
      const token = signing(privateKey, alg);
      for (let n = 0; n < 3; n += 1)
        await expect(verify(await token())).rejects.toMatchObject({
          code: 'invalid_token',
          detail: { reason: 'key' },
        });
      await expect(verify(await signToken(good, claims()))).resolves.toMatchObject({ sub: 'acme-admin' });
      expect(told).toEqual([expect.stringMatching(/^bad: /)]);
    },
  );

  const signing = (key: KeyObject, alg: string) => () => {
    // The library itself signs with no key that is short; ours has to refuse it all the same.
    if (alg === 'RS256' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2_048)
      return Promise.resolve(unsigned(createPublicKey(key).export({ format: 'jwk' }) as JWK));
    return sign(key, alg);
  };

  it('that nobody signed, for a key whose exponent is 1, are refused: access and logout tokens', async () => {
    const bad = { ...rsaOf(good.jwk), e: 'AQ', kid: 'bad' };
    told.length = 0;
    const { verify, logout } = serving([bad, good.jwk]);
    await expect(verify(unsigned(bad))).rejects.toMatchObject({
      code: 'invalid_token',
      detail: { reason: 'key' },
    });
    await expect(logout(unsigned(bad))).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    await expect(verify(await signToken(good, claims()))).resolves.toBeDefined();
    expect(told).toEqual(['bad: its exponent is 1, less than 65537']);
  });

  it('are refused where no key of the set is left', async () => {
    const { verify } = serving([{ ...rsaOf(good.jwk), e: 'Aw', kid: 'good' }]);
    await expect(verify(await signToken(good, claims()))).rejects.toMatchObject({
      code: 'IDENTITY_PROVIDER_UNAVAILABLE',
    });
  });

  it('are verified with the same keys by the library that signs people in', async () => {
    serving([{ ...rsaOf(good.jwk), e: 'AQ', kid: 'bad' }, good.jwk]);
    const headers = { accept: 'application/json, application/jwk-set+json' };
    const options = { headers, body: undefined, method: 'GET', redirect: 'manual' } as const;
    const answer = await fetchSound(provider.jwksUri.href, options);
    const { keys } = (await answer.json()) as { keys: JWK[] };
    expect(keys.map(({ kid }) => kid)).toEqual(['good']);
    const other = await fetchSound(`${provider.issuer}/.well-known/openid-configuration`, options);
    expect(await other.json()).toMatchObject({ issuer: provider.issuer });
  });
});

function rsaOf({ n = '' }: JWK): JWK {
  return rsa(BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`));
}

describe('keys that sign customers’ bundles', () => {
  const fileOf = (jwk: object, algorithm: string) => {
    const pem = createPublicKey({ key: { ...jwk }, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });
    return JSON.stringify({ one: { algorithm, key: pem } });
  };

  it.each(cells.filter(({ jwk }) => ['RSA', 'EC'].includes(String(jwk['kty']))))('$name', ({ jwk, why }) => {
    const algorithm =
      jwk['kty'] === 'RSA'
        ? 'RS256'
        : `ES${String(jwk['crv']).replace('P-', '').replace('521', '512').replace('secp256k1', '256')}`;
    if ('use' in jwk || 'key_ops' in jwk || 'alg' in jwk || why?.includes('owner')) return;
    const parsed = () => parseBundleKeys(fileOf(jwk, algorithm)).size;
    if (why === undefined) expect(parsed()).toBe(1);
    else expect(parsed).toThrow();
  });

  it('fit the curve of their algorithm', () => {
    expect(() => parseBundleKeys(fileOf(named('P-384'), 'ES256'))).toThrow('does not fit ES256');
    expect(() => parseBundleKeys(fileOf(named('P-256'), 'ES384'))).toThrow('does not fit ES384');
  });
});
