import { describe, expect, it } from 'vitest';
import type { PolicyView } from '#domain/policy/change.schema.ts';
import { byDomain } from '#web/policies/known-policies.ts';
import { recordedDraft, recordedEnterprise, recordedPolicy } from '../recorded-policies.ts';

const at = (id: string, scope: Partial<PolicyView['scope']>): PolicyView => ({
  ...recordedPolicy,
  id,
  scope: { ...recordedPolicy.scope, ...scope },
});

describe('policies of a list', () => {
  it('are one line each: what holds, and what is newer', () => {
    expect(byDomain([recordedDraft, recordedPolicy])).toEqual([
      ['actions', [{ newest: recordedDraft, active: recordedPolicy, ahead: null, unproven: false }]],
    ]);
    expect(byDomain([recordedDraft])).toEqual([
      ['actions', [{ newest: recordedDraft, active: null, ahead: null, unproven: false }]],
    ]);
  });

  it('name the draft that a few people have first, also where a newer one is there', () => {
    const ahead = { ...recordedDraft, canary: { users: 2 } };
    const newest = { ...recordedDraft, version: 4 };
    expect(byDomain([newest, ahead, recordedPolicy])).toEqual([
      ['actions', [{ newest, active: recordedPolicy, ahead, unproven: false }]],
    ]);
  });

  it('go by what is proven, and say that there is more', () => {
    const forged = { ...recordedDraft, version: 4, unproven: true as const };
    const inForce = { ...recordedPolicy, unproven: true as const };
    expect(byDomain([forged, recordedDraft])).toEqual([
      ['actions', [{ newest: recordedDraft, active: null, ahead: null, unproven: true }]],
    ]);
    expect(byDomain([forged, inForce])).toEqual([
      ['actions', [{ newest: forged, active: null, ahead: null, unproven: true }]],
    ]);
  });

  it('stand by domain, then level from the top, then place', () => {
    const policies = [
      recordedEnterprise,
      at('pol_user', { level: 'user', org_unit: null, user_id: 'acme-user' }),
      at('pol_sales', { org_unit: 'sales' }),
      at('pol_engineering', { org_unit: 'engineering' }),
      at('pol_top', { level: 'enterprise', org_unit: null }),
    ];
    const order = byDomain(policies).map(([domain, those]) => [domain, those.map(({ newest }) => newest.id)]);
    expect(order).toEqual([
      ['actions', ['pol_top', 'pol_engineering', 'pol_sales', 'pol_user']],
      ['integrations', [recordedEnterprise.id]],
    ]);
  });
});
