import { describe, expect, it } from 'vitest';
import type { Actor } from '#domain/person/actor.ts';
import type { Role } from '#domain/person/role.ts';
import { mayReadPolicy, mayWritePolicy } from '#domain/policy/access.ts';
import type { PolicyScope } from '#domain/policy/policy.ts';

const person = (role: Role, orgUnit = 'engineering', userId = 'ada'): Actor => ({
  tenantId: 'acme',
  userId,
  role,
  orgUnit,
});
const scopes = {
  enterprise: { level: 'enterprise', orgUnit: null, userId: null },
  org: { level: 'org', orgUnit: 'engineering', userId: null },
  above: { level: 'org', orgUnit: 'company', userId: null },
  team: { level: 'team', orgUnit: 'engineering/web', userId: null },
  elsewhere: { level: 'team', orgUnit: 'sales', userId: null },
  own: { level: 'user', orgUnit: 'engineering', userId: 'ada' },
  other: { level: 'user', orgUnit: 'engineering', userId: 'bob' },
} satisfies Record<string, PolicyScope>;

const names = Object.keys(scopes).filter((name): name is keyof typeof scopes => Object.hasOwn(scopes, name));

describe('who may change a policy', () => {
  const writable = (actor: Actor, personUnit: string | null = 'engineering') =>
    names.filter((name) => mayWritePolicy(actor, scopes[name], personUnit));

  it.each<[Role, string[]]>([
    ['user', ['own']],
    ['team_lead', ['team', 'own', 'other']],
    ['org_admin', ['org', 'team', 'own', 'other']],
    ['enterprise_admin', names],
  ])('%s', (role, expected) => {
    expect(writable(person(role))).toEqual(expected);
  });

  it('goes by the unit that is known of a person, not by the one a policy claims', () => {
    expect(writable(person('team_lead'), 'sales')).toEqual(['team', 'own']);
    expect(writable(person('team_lead'), null)).toEqual(['team', 'own']);
    expect(writable(person('enterprise_admin'), null)).toEqual(names);
  });
});

describe('who may read a policy', () => {
  const readable = (actor: Actor) => names.filter((name) => mayReadPolicy(actor, scopes[name]));

  it('those for whom it holds, and those within whose reach it is', () => {
    expect(readable(person('user'))).toEqual(['enterprise', 'org', 'own']);
    expect(readable(person('user', 'engineering/web'))).toEqual(['enterprise', 'org', 'team', 'own']);
    expect(readable(person('team_lead'))).toEqual(['enterprise', 'org', 'team', 'own', 'other']);
    expect(readable(person('org_admin', 'sales', 'zoe'))).toEqual(['enterprise', 'elsewhere']);
    expect(readable(person('enterprise_admin'))).toEqual(names);
  });
});
