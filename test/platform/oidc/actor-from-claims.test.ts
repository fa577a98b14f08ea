import { describe, expect, it } from 'vitest';
import { type GroupRole, shippedGroupRoles } from '#domain/person/role.ts';
import { actorFromClaims } from '#platform/oidc/actor-from-claims.ts';
import type { VerifiedClaims } from '#platform/oidc/verify-token.ts';

const map = { tenant: 'tenant', orgUnit: 'org_unit', groups: 'groups', groupRoles: shippedGroupRoles };

function claims(changes: Record<string, unknown> = {}): VerifiedClaims {
  return {
    sub: 'acme-lead',
    iat: 1_795_000_000,
    exp: 1_795_000_900,
    tenant: 'acme',
    org_unit: 'engineering',
    groups: ['openclaw-team-leads', 'openclaw-users'],
    email: 'lead@acme.test',
    name: 'Lee Lead',
    ...changes,
  };
}

const actor = (changes: Record<string, unknown>, groupRoles: readonly GroupRole[] = shippedGroupRoles) =>
  actorFromClaims(claims(changes), { ...map, groupRoles }).actor;

describe('an actor', () => {
  it('is made from the claims', () => {
    expect(actorFromClaims(claims(), map)).toEqual({
      actor: { tenantId: 'acme', userId: 'acme-lead', role: 'team_lead', orgUnit: 'engineering' },
      email: 'lead@acme.test',
      name: 'Lee Lead',
      statedAt: new Date(1_795_000_000_000).toISOString(),
      issuedAt: new Date(1_795_000_000_000).toISOString(),
    });
  });

  it('takes its claims by the configured names, addresses included', () => {
    const renamed = { ...map, tenant: 'https://acme.test/tenant', orgUnit: 'department', groups: 'roles' };
    const told = claims({ 'https://acme.test/tenant': 'globex', department: 'sales', roles: ['org-admins'] });
    expect(actorFromClaims(told, renamed).actor).toEqual({
      tenantId: 'globex',
      userId: 'acme-lead',
      role: 'org_admin',
      orgUnit: 'sales',
    });
  });

  it('states its rights as of the sign-in, when the token was only renewed since', () => {
    const signedInAt = 1_794_990_000;
    expect(actorFromClaims(claims({ auth_time: signedInAt }), map).statedAt).toBe(
      new Date(signedInAt * 1_000).toISOString(),
    );
  });
});

describe('the tenant', () => {
  it.each([
    undefined,
    null,
    '',
    7,
    ['acme'],
    'Acme',
    'a',
    '../acme',
    'acme;drop',
    'acme globex',
    'x'.repeat(41),
  ])('is required and well formed: %j is refused', (tenant) => {
    expect(() => actor({ tenant })).toThrow(expect.objectContaining({ code: 'TENANT_UNKNOWN' }));
  });
});

describe('the role', () => {
  it('is that of the first line of the map that fits, whatever the order of the groups', () => {
    expect(actor({ groups: ['users', 'openclaw-admins'] }).role).toBe('enterprise_admin');
    expect(actor({ groups: ['openclaw-users', 'org-admins'] }).role).toBe('org_admin');
  });

  it('follows the order of a configured map, not the height of the role', () => {
    const mapped = [
      { group: 'contractors', role: 'user' },
      { group: 'staff', role: 'team_lead' },
    ] as const;
    expect(actor({ groups: ['staff', 'contractors'] }, mapped).role).toBe('user');
  });

  it('may come from the line for everybody', () => {
    expect(actor({ groups: [] }, [{ group: '*', role: 'user' }]).role).toBe('user');
  });

  it.each([
    [[]],
    [['strangers']],
    [undefined],
    [null],
    [{ 'openclaw-admins': true }],
    [[['openclaw-admins']]],
  ])('without a fitting group is refused: %j', (groups) => {
    expect(() => actor({ groups })).toThrow(expect.objectContaining({ code: 'forbidden' }));
  });

  it('is not taken from a group named like the line for everybody, nor by part of a name', () => {
    for (const groups of [['*'], ['openclaw-admins-emeriti'], ['OPENCLAW-ADMINS'], ['openclaw-admins ']]) {
      expect(() => actor({ groups })).toThrow(expect.objectContaining({ code: 'forbidden' }));
    }
  });

  it('takes a single group that came as bare text', () => {
    expect(actor({ groups: 'openclaw-users' }).role).toBe('user');
  });
});

describe('the org unit', () => {
  it('loses slashes at its ends', () => {
    expect(actor({ org_unit: '/engineering/web/' }).orgUnit).toBe('engineering/web');
  });

  it('is one unit however it is spelt, so that nobody leaves its policies by a capital letter', () => {
    expect(actor({ org_unit: 'Engineering/WEB' }).orgUnit).toBe('engineering/web');
    expect(actor({ org_unit: 'Cafe\u0301' }).orgUnit).toBe(actor({ org_unit: 'CAF\u00c9' }).orgUnit);
  });

  it.each([
    ['../..'],
    ['a//b'],
    ['a/../b'],
    ['a\u0000b'],
    [7],
    [['engineering']],
    ['x'.repeat(201)],
    ['x'.repeat(10_000)],
    ['/'.repeat(10_000)],
    ['..'],
    ['a/..'],
    ['a/.'],
    ['a/ b'],
    ['a /b'],
    ['a\\b'],
    ['a/\u202eb'],
    ['%'],
    ['a/*'],
  ])('that is not a path of names is refused: %j', (orgUnit) => {
    expect(() => actor({ org_unit: orgUnit })).toThrow(expect.objectContaining({ code: 'forbidden' }));
  });

  it('may be missing for roles that do not depend on it', () => {
    expect(actor({ org_unit: undefined, groups: ['users'] }).orgUnit).toBe('');
    expect(actor({ org_unit: '/', groups: ['openclaw-admins'] }).orgUnit).toBe('');
  });

  it('may not be missing for roles that cover one', () => {
    for (const groups of [['team-leads'], ['org-admins']]) {
      expect(() => actor({ org_unit: undefined, groups })).toThrow(
        expect.objectContaining({ code: 'forbidden' }),
      );
    }
  });
});

describe('name and address', () => {
  it('are left out when they are no plain text', () => {
    for (const bad of ['', 7, 'a\u0000b', 'x\ud800', 'evil\u202etxt', 'x'.repeat(321)]) {
      expect(actorFromClaims(claims({ email: bad, name: bad }), map)).toMatchObject({
        email: null,
        name: null,
      });
    }
  });
});
