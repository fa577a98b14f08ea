import type { JWTVerifyGetKey } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createKeySet } from '#platform/oidc/key-set.ts';
import {
  type FakeProvider,
  makeKey,
  type SigningKey,
  startFakeProvider,
} from '../../support/fake-provider.ts';

const hour = 3_600_000;
let first: SigningKey;
let second: SigningKey;
let provider: FakeProvider;
let time: number;
let keys: JWTVerifyGetKey;

beforeAll(async () => {
  [first, second] = await Promise.all([makeKey('ES256', 'first'), makeKey('ES256', 'second')]);
});

beforeEach(async () => {
  provider = await startFakeProvider([first]);
  time = Date.parse('2026-11-21T12:00:00.000Z');
  keys = createKeySet({ jwksUri: async () => provider.jwksUri, nowMs: () => time, timeoutMs: 10_000 });
});

afterEach(() => provider.close());

const find = (kid: string) => Promise.resolve(keys({ alg: 'ES256', kid }, { payload: '', signature: '' }));

const away = { status: 500, body: 'away' };
const unavailable = { code: 'IDENTITY_PROVIDER_UNAVAILABLE' };

describe('the key set', () => {
  it('is fetched once for many tokens', async () => {
    await Promise.all([find('first'), find('first'), find('first')]);
    await find('first');
    expect(provider.fetches()).toBe(1);
  });

  it('is fetched again after an hour', async () => {
    await find('first');
    time += hour + 1;
    await find('first');
    expect(provider.fetches()).toBe(2);
  });

  it('finds a rotated key by one more fetch', async () => {
    await find('first');
    provider.serve([second]);
    time += 31_000;
    await expect(find('second')).resolves.toBeDefined();
    expect(provider.fetches()).toBe(2);
    await expect(find('first')).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  });

  it('answers a flood of unknown key ids with at most one fetch per cool-down', async () => {
    await find('first');
    time += 31_000;
    const flood = Array.from({ length: 200 }, (_, n) => find(`unknown-${n}`).catch(() => 'refused'));
    expect(new Set(await Promise.all(flood))).toEqual(new Set(['refused']));
    await find('one-more').catch(() => 'refused');
    expect(provider.fetches()).toBe(2);
    time += 29_000;
    await find('still-cooling').catch(() => 'refused');
    expect(provider.fetches()).toBe(2);
    time += 2_000;
    await find('next').catch(() => 'refused');
    expect(provider.fetches()).toBe(3);
  });

  it('keeps the cool-down when the fetch itself fails', async () => {
    await find('first');
    provider.answerWith(away);
    time += 31_000;
    for (let n = 0; n < 50; n += 1) await find(`unknown-${n}`).catch(() => 'refused');
    expect(provider.fetches()).toBe(2);
  });
});

describe('while the provider is away', () => {
  it('known keys go on past their hour', async () => {
    await find('first');
    provider.answerWith(away);
    time += 3 * hour;
    await expect(find('first')).resolves.toBeDefined();
    provider.answerWith(undefined);
    time += 31_000;
    await find('first');
    expect(provider.fetches()).toBe(3);
  });

  it('known keys are not used for longer than a day', async () => {
    await find('first');
    provider.answerWith(away);
    time += 25 * hour;
    await expect(find('first')).rejects.toMatchObject(unavailable);
  });

  it('known keys go on while the key endpoint hangs', async () => {
    keys = createKeySet({ jwksUri: async () => provider.jwksUri, nowMs: () => time, timeoutMs: 1_500 });
    await find('first');
    provider.hold(true);
    time += 2 * hour;
    await expect(find('first')).resolves.toBeDefined();
    provider.hold(false);
  });

  it('says so when no key was ever known, and finds the provider soon after it came', async () => {
    provider.answerWith(away);
    await expect(find('first')).rejects.toMatchObject(unavailable);
    provider.answerWith(undefined);
    await expect(find('first')).rejects.toMatchObject(unavailable);
    time += 2_000;
    await expect(find('first')).resolves.toBeDefined();
  });
});

describe('a bad answer of the key endpoint', () => {
  it.each([
    ['is not JSON', { status: 200, body: '<html>' }],
    ['is no key set', { status: 200, body: '{"keys":"none"}' }],
    ['is a redirect', { status: 302, body: '', location: 'http://127.0.0.1:1/jwks' }],
    ['is too large', { status: 200, body: JSON.stringify({ keys: [], pad: 'x'.repeat(300_000) }) }],
  ])('that %s leaves the known keys in place', async (_what, answer) => {
    await find('first');
    provider.answerWith(answer);
    time += 2 * hour;
    await expect(find('first')).resolves.toBeDefined();
    expect(provider.fetches()).toBe(2);
  });

  it('over plain http from another machine is not asked for at all', async () => {
    const far = createKeySet({ jwksUri: async () => new URL('http://keys.example.com/jwks') });
    await expect(far({ alg: 'ES256', kid: 'first' }, { payload: '', signature: '' })).rejects.toMatchObject(
      unavailable,
    );
  });
});
