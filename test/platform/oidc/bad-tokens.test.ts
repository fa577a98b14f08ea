import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeySet } from '#platform/oidc/key-set.ts';
import { createTokenVerifier, type VerifyToken } from '#platform/oidc/verify-token.ts';
import { type FakeProvider, makeKey, signToken, startFakeProvider } from '../../support/fake-provider.ts';
import { badTokens, type Forge } from './bad-tokens.ts';

let provider: FakeProvider;
let verify: VerifyToken;
let forge: Forge;

beforeAll(async () => {
  const [rsa, ec, stranger] = await Promise.all([
    makeKey('RS256', 'rsa-1'),
    makeKey('ES256', 'ec-1'),
    makeKey('RS256', 'rsa-1'),
  ]);
  provider = await startFakeProvider([rsa, ec]);
  // One moment for all, however long the table takes.
  const now = Math.floor(Date.now() / 1_000);
  verify = createTokenVerifier({
    nowMs: () => now * 1_000,
    issuer: provider.issuer,
    audience: 'openclaw',
    keys: createKeySet({ jwksUri: async () => provider.jwksUri }),
    clientIds: ['openclaw-web', 'openclaw-cli'],
  });
  const good = {
    iss: provider.issuer,
    aud: 'openclaw',
    sub: 'acme-user',
    iat: now - 10,
    exp: now + 900,
    client_id: 'openclaw-web',
    tenant: 'acme',
  };
  forge = { rsa, ec, stranger, good, now };
});

afterAll(() => provider.close());

describe('a token', () => {
  it('is taken when nothing is wrong with it, so that the table below fails for its own reasons', async () => {
    const { rsa, ec, good } = forge;
    for (const key of [rsa, ec]) expect(await verify(await signToken(key, good))).toMatchObject(good);
  });

  it.each(Object.entries(badTokens))('is refused: %s', async (_what, make) => {
    await expect(verify(await make(forge))).rejects.toMatchObject({ code: 'invalid_token' });
  });

  it('is never a reason to ask another address for keys', async () => {
    const fetched = provider.fetches();
    const asks = Object.keys(badTokens).filter((what) => /jku|x5u|kid/.test(what));
    expect(asks.length).toBeGreaterThan(8);
    for (const what of asks) {
      const token = await badTokens[what]?.(forge);
      await verify(token ?? '').catch(() => undefined);
    }
    // One fetch per cool-down, from the provider itself, is all that unknown key ids bring about.
    expect(provider.fetches()).toBeLessThanOrEqual(fetched + 1);
  });
});
