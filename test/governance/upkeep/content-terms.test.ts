import { describe, expect, it } from 'vitest';
import type { Policy } from '#domain/policy/policy.ts';
import { contentTerms } from '#governance/upkeep/content-terms.ts';

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

const terms = (retentionDays: number, ephemeralHours: number) => ({ retentionDays, ephemeralHours });

describe('how long contents are kept', () => {
  it('is what the enterprise’s data policy says, which no unit shortens or extends', () => {
    const enterprise = data({ retention_days: 90, ephemeral_data_ttl_hours: 24 });
    for (const days of [1, 30, 3_650]) {
      const below = { retention_days: days, ephemeral_data_ttl_hours: days };
      const units = [data(below, of('engineering')), data(below, { ...of('engineering'), level: 'team' })];
      expect(contentTerms([...units, enterprise])).toEqual(terms(90, 24));
    }
  });

  it('is a year, and a day for results of reads, where the policy speaks and leaves it unsaid', () => {
    expect(contentTerms([data({ allow_data_export: true })])).toEqual(terms(365, 24));
  });

  it('is for ever where no policy of the enterprise speaks', () => {
    const strict = { retention_days: 1, ephemeral_data_ttl_hours: 1 };
    const others: Policy[] = [
      { ...data(strict), domain: 'features', rules: {} },
      { ...data(strict), status: 'draft' },
      data(strict, of('engineering')),
      data(strict, of('')),
    ];
    expect(contentTerms(others)).toBeUndefined();
  });

  it('is not for a person’s own policy to say, nor for a draft that holds for a few', () => {
    const strict = { retention_days: 1, ephemeral_data_ttl_hours: 1 };
    const own = data(strict, { level: 'user', orgUnit: null, userId: 'acme-user' });
    const nobodys = data(strict, { level: 'user', orgUnit: null, userId: '' });
    const tried: Policy = { ...data(strict), status: 'draft', canaryFor: ['acme-user', ''] };
    expect(contentTerms([own, nobodys, tried])).toBeUndefined();
    expect(contentTerms([data({ retention_days: 90 }), own, nobodys, tried])).toEqual(terms(90, 24));
  });

  it('is not guessed where a stored policy does not fit its domain', () => {
    expect(() => contentTerms([data({ retention_days: -1 })])).toThrow();
  });
});
