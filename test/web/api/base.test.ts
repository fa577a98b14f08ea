import { describe, expect, it } from 'vitest';
import { listAuditEntries } from '#domain/audit/calls.ts';
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

  it('is asked nothing by a field that is left empty', () => {
    const query = { user_id: '', request_id: 'req_1' };
    expect(addressAt(listAuditEntries, { query })).toBe('/api/v1/audit?request_id=req_1');
  });
});
