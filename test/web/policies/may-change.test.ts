import { describe, expect, it } from 'vitest';
import { mayChange } from '#web/policies/may-change.ts';
import { recordedAdmin, recordedLead, recordedUser } from '../recorded.ts';
import { recordedEnterprise, recordedPolicy } from '../recorded-policies.ts';

describe('changes that are offered', () => {
  it('follow the permission matrix', () => {
    const team = { level: 'team', org_unit: 'engineering/web', user_id: null } as const;
    expect(mayChange(recordedAdmin, recordedEnterprise.scope)).toBe(true);
    expect(mayChange(recordedLead, recordedEnterprise.scope)).toBe(false);
    expect(mayChange(recordedLead, recordedPolicy.scope)).toBe(false);
    expect(mayChange(recordedLead, team)).toBe(true);
    expect(mayChange(recordedLead, { ...team, org_unit: 'sales' })).toBe(false);
    expect(mayChange(recordedUser, team)).toBe(false);
    const own = { level: 'user', org_unit: null, user_id: 'acme-user' } as const;
    expect(mayChange(recordedUser, own)).toBe(true);
    expect(mayChange(recordedUser, { ...own, user_id: 'acme-other' })).toBe(false);
  });
});
