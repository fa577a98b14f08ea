import { describe, expect, it } from 'vitest';
import type { Policy } from '#domain/policy/policy.ts';
import { contentTerms, enterpriseTerms } from '#governance/upkeep/content-terms.ts';

const everybody = { level: 'enterprise', orgUnit: null, userId: null } as const;
const of = (orgUnit: string) => ({ level: 'org', orgUnit, userId: null }) as const;

let count = 0;
function data(rules: Record<string, unknown>, scope: Policy['scope'] = everybody): Policy {
  count += 1;
  return {
    id: `pol_${count}`,
    version: 1,
    name: 'test',
    domain: 'data',
    scope,
    status: 'active',
    rules,
    mayGrant: null,
    changeReason: 'test',
    createdBy: 'test',
    createdAt: '2026-11-21T00:00:00.000Z',
  };
}

const terms = (retentionDays: number, ephemeralHours: number, ...units: string[]) => ({
  units,
  retentionDays,
  ephemeralHours,
});

describe('how long contents are kept', () => {
  it('is what the merged data policy of each unit says; units that keep alike stand together', () => {
    const active = [
      data({ retention_days: 90, ephemeral_data_ttl_hours: 24 }),
      data({ retention_days: 30 }, of('engineering')),
    ];
    expect(contentTerms(['engineering', 'engineering/web', 'sales', ''], active)).toEqual([
      terms(30, 24, 'engineering', 'engineering/web'),
      terms(90, 24, 'sales', ''),
    ]);
  });

  it('is never longer for a unit than the enterprise allows', () => {
    const active = [data({ retention_days: 90 }), data({ retention_days: 3_650 }, of('sales'))];
    expect(contentTerms(['sales'], active)).toEqual([terms(90, 24, 'sales')]);
  });

  it('is a year, and a day for results of reads, where a policy speaks and leaves it unsaid', () => {
    expect(contentTerms(['sales'], [data({ allow_data_export: true })])).toEqual([terms(365, 24, 'sales')]);
    expect(enterpriseTerms([data({})])).toEqual({ retentionDays: 365, ephemeralHours: 24 });
  });

  it('is for ever where no policy speaks for the unit', () => {
    const strict = { retention_days: 1, ephemeral_data_ttl_hours: 1 };
    const others: Policy[] = [
      { ...data(strict), domain: 'features', rules: {} },
      { ...data(strict), status: 'draft' },
      data(strict, of('engineering')),
    ];
    expect(contentTerms(['sales'], others)).toEqual([]);
    expect(enterpriseTerms(others)).toBeUndefined();
  });

  it('is not for a person’s own policy to say, nor for a draft that holds for a few', () => {
    const strict = { retention_days: 1, ephemeral_data_ttl_hours: 1 };
    const own = data(strict, { level: 'user', orgUnit: null, userId: 'acme-user' });
    const nobodys = data(strict, { level: 'user', orgUnit: null, userId: '' });
    const tried: Policy = { ...data(strict), status: 'draft', canaryFor: ['acme-user', ''] };
    expect(contentTerms(['sales'], [own, nobodys, tried])).toEqual([]);
    expect(contentTerms(['sales'], [data({ retention_days: 90 }), own, nobodys, tried])).toEqual([
      terms(90, 24, 'sales'),
    ]);
  });

  it('of what belongs to no unit is for the enterprise alone to say', () => {
    const active = [data({ retention_days: 90 }), data({ retention_days: 30 }, of('engineering'))];
    expect(enterpriseTerms(active)).toEqual({ retentionDays: 90, ephemeralHours: 24 });
  });

  it('is not guessed where a stored policy does not fit its domain', () => {
    expect(() => contentTerms(['sales'], [data({ retention_days: -1 })])).toThrow();
  });
});
