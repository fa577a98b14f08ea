import { describe, expect, it } from 'vitest';
import { areasFor, linkWord } from '#web/navigation/areas.ts';
import { hashOf, type Place, placeFrom } from '#web/navigation/place.ts';

describe('a place', () => {
  it.each<Place>([
    { page: 'requests' },
    { page: 'policies' },
    { page: 'policy', id: 'pol_01' },
    { page: 'policy', id: 'a/b?c#d %' },
    { page: 'new_policy' },
    { page: 'explain' },
    { page: 'audit', filters: {} },
    { page: 'audit', filters: { outcome: 'denied', user_id: 'a&b=c' } },
    { page: 'audit_entry', id: 'aud_01' },
    { page: 'sessions' },
    { page: 'tenants' },
    { page: 'status' },
  ])('is read back from its address: $page', (place) => {
    expect(placeFrom(hashOf(place))).toEqual(place);
  });

  it.each(['', '#', '#/', '#/nowhere', '#/policies/a/b', '#/%zz', 'javascript:alert(1)'])(
    'is the first page where the address is none of ours: %s',
    (hash) => {
      expect(placeFrom(hash)).toEqual({ page: 'requests' });
    },
  );

  it('takes only filters that there are, and none that is empty', () => {
    expect(placeFrom('#/audit?outcome=denied&format=csv&user_id=')).toEqual({
      page: 'audit',
      filters: { outcome: 'denied' },
    });
  });
});

describe('links to pages', () => {
  it('are those that the role can use', () => {
    const open = { tenantsRefused: false };
    expect(areasFor({ roles: ['org_admin'] }, open)).not.toContain('tenants');
    expect(areasFor({ roles: ['enterprise_admin'] }, open)).toContain('tenants');
  });

  it('are without tenants where the server has refused them', () => {
    expect(areasFor({ roles: ['enterprise_admin'] }, { tenantsRefused: true })).toEqual([
      'requests',
      'policies',
      'audit',
      'sessions',
      'status',
    ]);
  });

  it('speak of approvals to those who decide', () => {
    expect(linkWord('requests', { roles: ['user'] })).toBe('Requests');
    expect(linkWord('requests', { roles: ['team_lead'] })).toBe('Requests and approvals');
  });
});
