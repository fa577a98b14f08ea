import { describe, expect, it } from 'vitest';
import { apiBase, tenantPathIn } from '#web/api/base.ts';

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
    expect(apiBase).toBe('/api/v1');
  });
});
