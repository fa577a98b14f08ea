import fc from 'fast-check';
import type { Actor } from '#domain/person/actor.ts';
import { type Role, roles } from '#domain/person/role.ts';

// Few names, so that people meet; and such that SQL, regular expressions and sloppy prefixes would take for something else.
const names = ['a', 'ab', 'a_', 'a%', 'A', 'é', 'e\u0301', "'\\"];

/** Org units as paths, also none, and such as only another spelling tells apart. */
export const arbitraryUnit: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.array(fc.constantFrom(...names), { maxLength: 3 }).map((path) => path.join('/')),
  },
  { weight: 1, arbitrary: fc.constantFrom('/', '/a', 'a/', 'a//b') },
);

export const arbitraryRole: fc.Arbitrary<Role> = fc.constantFrom<Role>(...roles);

/** Three people or so, of any role and unit. */
export const arbitraryUserId: fc.Arbitrary<string> = fc.constantFrom('ada', 'bob', 'Ada');

export const arbitraryActor: fc.Arbitrary<Actor> = fc.record({
  tenantId: fc.constant('acme'),
  userId: arbitraryUserId,
  role: arbitraryRole,
  orgUnit: arbitraryUnit,
});
