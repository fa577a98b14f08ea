import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orgUnitCovers, roleAtLeast, roleFromGroups, roles, shippedGroupRoles } from '#domain/person/role.ts';

const unit = fc.array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 4 });

describe('roles', () => {
  it('inherit from all below', () => {
    for (const [index, role] of roles.entries()) {
      expect(roles.filter((needed) => roleAtLeast(role, needed))).toEqual(roles.slice(0, index + 1));
    }
  });

  it('come from the first line of the map whose group the person has', () => {
    expect(roleFromGroups(['openclaw-users', 'openclaw-admins'], shippedGroupRoles)).toBe('enterprise_admin');
    expect(roleFromGroups(['users', 'team-leads'], shippedGroupRoles)).toBe('team_lead');
    const backwards = shippedGroupRoles.toReversed();
    expect(roleFromGroups(['openclaw-users', 'openclaw-admins'], backwards)).toBe('user');
  });

  it('are none for who is in no group of the map, in a group of another case, or where the map is empty', () => {
    expect(roleFromGroups([], shippedGroupRoles)).toBeUndefined();
    expect(roleFromGroups(['Openclaw-Admins', '*'], shippedGroupRoles)).toBeUndefined();
    expect(roleFromGroups(['users'], [])).toBeUndefined();
  });

  it('are given to everybody by a star', () => {
    expect(roleFromGroups([], [...shippedGroupRoles, { group: '*', role: 'user' }])).toBe('user');
  });
});

describe('an org unit', () => {
  it('covers itself and what lies beneath it by whole steps', () => {
    fc.assert(
      fc.property(unit, unit, (path, other) => {
        const covers = path.every((step, index) => other[index] === step);
        expect(orgUnitCovers(path.join('/'), other.join('/'))).toBe(covers);
      }),
    );
  });
});
