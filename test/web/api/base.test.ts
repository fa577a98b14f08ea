import { describe, expect, it } from 'vitest';
import { getUserinfo, postLogout } from '#domain/person/calls.ts';
import { addressAt, tenantPathIn } from '#web/api/base.ts';

describe('where the API is', () => {
  it.each([
    ['/', ''],
    ['/t/acme/', '/t/acme'],
    ['/t/acme', ''],
    ['/t/Acme/', ''],
    ['/t//evil.test/', ''],
    ['/x/t/acme/', ''],
  ])('is below the tenant that the path names: %s', (pathname, prefix) => {
    expect(tenantPathIn(pathname)).toBe(prefix);
    expect(addressAt(getUserinfo, {}, prefix)).toBe(`${prefix}/api/v1/auth/userinfo`);
    expect(addressAt(postLogout, {}, prefix)).toBe('/auth/logout');
    expect(addressAt(getUserinfo, {})).toBe('/api/v1/auth/userinfo');
  });
});
