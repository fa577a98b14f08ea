import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { returnPath } from '#gateway/identity/return-path.ts';

describe('the way back after signing in', () => {
  it.each(['/', '/approvals', '/approvals/apr_1?tab=all#votes', '/a%20b', '/@me', '/authors'])(
    'may be %s',
    (path) => {
      expect(returnPath(path)).toBe(path);
    },
  );

  it.each([
    'https://evil.test/',
    '//evil.test',
    '///evil.test',
    '/\\evil.test',
    '\\/evil.test',
    '/\t/evil.test',
    '/\n/evil.test',
    '/./ /evil.test',
    '/.//evil.test',
    '/a/..//evil.test',
    'javascript:alert(1)',
    'data:text/html,x',
    'evil.test',
    '',
    ' /',
    '/\u0000',
    '/\r\nset-cookie: a=b',
    '/é',
    '/auth/login',
    '/auth/callback?code=x',
  ])('is / in place of %j', (path) => {
    expect(returnPath(path)).toBe('/');
  });

  it('is / when nobody says, or too much is said', () => {
    expect(returnPath(undefined)).toBe('/');
    expect(returnPath(`/${'x'.repeat(3_000)}`)).toBe('/');
  });

  it('never leads to another origin, whatever is asked for', () => {
    const pieces = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      ':',
      '@',
      '//',
      '%2f',
      '\t',
      'http:',
      'evil.test',
      'a',
      '?',
      '#',
    );
    const nasty = fc.array(pieces, { maxLength: 12 }).map((parts) => `/${parts.join('')}`);
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string({ unit: 'binary' }), fc.webUrl()), (wanted) => {
        const path = returnPath(wanted);
        for (const base of ['http://127.0.0.1:8080/auth/complete', 'https://gateway.test/']) {
          expect(new URL(path, base).origin).toBe(new URL(base).origin);
        }
        expect(returnPath(path)).toBe(path);
      }),
      { numRuns: 2_000 },
    );
  });
});
