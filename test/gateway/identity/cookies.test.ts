import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownCookies, setCookie } from '#gateway/http/cookies.ts';
import { bearerToken } from '#gateway/identity/bearer-token.ts';
import { createLoginCookie } from '#gateway/identity/login-cookie.ts';
import { createOnceAWhile } from '#gateway/identity/once-a-while.ts';
import { isSameOrigin } from '#gateway/identity/same-origin.ts';
import { endedSessionCookie, sessionCookie } from '#gateway/identity/session/session-cookie.ts';
import { refusalPage } from '#gateway/routes/auth/pages.ts';
import { testEnvelope } from '../../support/test-identity.ts';

const pending = {
  state: 's',
  nonce: 'n',
  verifier: 'v',
  returnTo: '/',
  startedAt: '2026-11-21T12:00:00.000Z',
};

function loginCookieAt(time: string, secure = true) {
  return createLoginCookie({ envelope: testEnvelope, secure, nowMs: () => Date.parse(time) });
}

const valueOf = (setCookie: string) => setCookie.slice(setCookie.indexOf('=') + 1, setCookie.indexOf(';'));

describe('the session cookie', () => {
  it('is HttpOnly, Secure, Strict, for an hour, for every path', () => {
    expect(sessionCookie('f'.repeat(64), { secure: true, maxAgeSeconds: 3_600 })).toBe(
      `__Host-session=${'f'.repeat(64)}; HttpOnly; Secure; SameSite=Strict; Max-Age=3600; Path=/`,
    );
  });

  it('leaves Secure out over plain http, where browsers would drop it', () => {
    expect(sessionCookie('f', { secure: false, maxAgeSeconds: 3_600 })).not.toContain('Secure');
    expect(endedSessionCookie(true)).toBe(
      '__Host-session=; HttpOnly; Secure; SameSite=Strict; Max-Age=0; Path=/',
    );
  });
});

describe('a cookie that a neighbour tossed in for the whole domain', () => {
  const [own, tossed] = ['a'.repeat(64), 'b'.repeat(64)];
  const tossable = ['session', '__Secure-session', '__host-session', '__HOST-session', ' session'];

  it.each(['session', 'sign_in', 'sign_in_ticket'])('is not the %s cookie, and does not hide it', (name) => {
    for (const other of tossable.map((one) => one.replace('session', name))) {
      expect(ownCookies({ [other]: tossed }, true)[name]).toBeUndefined();
      for (const both of [
        { [other]: tossed, [`__Host-${name}`]: own },
        { [`__Host-${name}`]: own, [other]: tossed },
      ])
        expect(ownCookies(both, true)[name]).toBe(own);
    }
  });
});

describe('every cookie that we set', () => {
  it('is bound to this very host over https', () => {
    for (const sameSite of ['Strict', 'Lax'] as const)
      expect(setCookie({ name: 'any', value: 'v', sameSite, maxAgeSeconds: 1, secure: true })).toMatch(
        /^__Host-any=v; HttpOnly; Secure; .*; Path=\/$/,
      );
  });
});

describe('the login cookie', () => {
  it('comes back as it was, for ten minutes', () => {
    const value = valueOf(loginCookieAt(pending.startedAt).of(pending));
    const read = (time: string) => loginCookieAt(time).read({ sign_in: value });
    expect(read('2026-11-21T12:09:59.999Z')).toEqual(pending);
    expect(read('2026-11-21T12:10:00.000Z')).toBeUndefined();
  });

  it('shows nothing of what it holds', () => {
    const value = valueOf(
      loginCookieAt(pending.startedAt).of({ ...pending, verifier: 'a-verifier-to-hide' }),
    );
    expect(Buffer.from(value, 'base64url').toString('latin1')).not.toContain('a-verifier-to-hide');
  });

  it('that was changed anywhere counts for nothing', () => {
    const jar = loginCookieAt(pending.startedAt);
    const sealed = Buffer.from(valueOf(jar.of(pending)), 'base64url');
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const changed = Buffer.from(sealed);
        changed[place] = (changed[place] ?? 0) ^ change;
        expect(jar.read({ sign_in: changed.toString('base64url') })).toBeUndefined();
      }),
    );
    for (const value of [undefined, '', 'x', 'a.b.c']) expect(jar.read({ sign_in: value })).toBeUndefined();
  });
});

describe('the origin check', () => {
  it('wants a sign of our own page and none of another', () => {
    const own = 'https://gateway.test';
    expect(isSameOrigin({ origin: own }, own)).toBe(true);
    expect(isSameOrigin({ 'sec-fetch-site': 'same-origin' }, own)).toBe(true);
    expect(isSameOrigin({}, own)).toBe(false);
    expect(isSameOrigin({ origin: [own, own] }, own)).toBe(false);
    expect(isSameOrigin({ origin: own, 'sec-fetch-site': 'none' }, own)).toBe(false);
  });
});

describe('the bearer header', () => {
  it('gives its token, nothing without a header, and invalid_token for anything else', () => {
    expect(bearerToken(undefined)).toBeUndefined();
    expect(bearerToken('Bearer abc.def-_~+/.ghi==')).toBe('abc.def-_~+/.ghi==');
    for (const bad of [
      '',
      'Bearer',
      'bearerabc',
      'Bearer a,b',
      'Bearer a\tb',
      'Token abc',
      ['Bearer a', 'Bearer b'],
    ]) {
      expect(() => bearerToken(bad)).toThrow(expect.objectContaining({ code: 'invalid_token' }));
    }
  });

  it('is read in linear time', () => {
    expect(() => bearerToken(`Bearer ${' '.repeat(50_000)}é`)).toThrow(
      expect.objectContaining({ code: 'invalid_token' }),
    );
    expect(() => bearerToken(`Bearer ${'='.repeat(50_000)}!`)).toThrow(
      expect.objectContaining({ code: 'invalid_token' }),
    );
  });
});

describe('a refusal page', () => {
  it('holds no markup of others', () => {
    expect(refusalPage('<b>', `"><script>alert('1')</script>&`)).toContain(
      '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;',
    );
  });
});

describe('doing a thing once in a while', () => {
  it('does it once per key, shares what runs, and repeats what failed', async () => {
    const onceAWhile = createOnceAWhile({ ms: 60_000 });
    const done: string[] = [];
    const note = (key: string) => onceAWhile(key, async () => void done.push(key));
    await Promise.all([note('a'), note('a'), note('b')]);
    await note('a');
    expect(done).toEqual(['a', 'b']);
    const failing = () =>
      onceAWhile('c', async () => {
        done.push('c');
        throw new RangeError('no');
      });
    await expect(failing()).rejects.toThrow('no');
    await expect(failing()).rejects.toThrow('no');
    expect(done).toEqual(['a', 'b', 'c', 'c']);
  });
});
