import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Policy } from '#domain/policy/policy.ts';
import { policiesAfter } from '#governance/policy/impact/policies-after.ts';
import { widenedPoints } from '#governance/policy/impact/widened-points.ts';
import { rulesOf } from '../../../support/arbitrary-policies.ts';
import { samplePolicy, storedPolicy } from '../../../support/sample-policy.ts';

const enterprise = storedPolicy(
  samplePolicy('actions', {
    rules: { default_autonomy: 'approve', action_overrides: { github_pr_close: 'block' } },
    mayGrant: { default_autonomy: 'notify' },
  }),
);

function replaced(policy: Policy, more: Partial<Policy>) {
  const next: Policy = { ...policy, version: policy.version + 1, ...more };
  return { next, change: { policyId: policy.id, deprecate: [policy.version], insert: next, activate: null } };
}

/** What the change of one policy among others widens. */
function widenedBy(policies: readonly Policy[], policy: Policy, more: Partial<Policy>) {
  const { next, change } = replaced(policy, more);
  const after = policiesAfter(policies, { policy: next, change });
  const domain = 'actions';
  return widenedPoints({ domain, scope: policy.scope, before: policies, after });
}

describe('a change of the merged policy', () => {
  it('is told where it grants more', () => {
    const looser = {
      rules: { default_autonomy: 'notify', action_overrides: { github_pr_close: 'approve' } },
    };
    expect(widenedBy([enterprise], enterprise, looser)).toEqual([
      'action_overrides.github_pr_close: block -> approve',
      'default_autonomy: approve -> notify',
    ]);
  });

  it('is silent where it grants less or the same', () => {
    const stricter = { rules: { default_autonomy: 'block', action_overrides: { github_pr_close: 'block' } } };
    expect(widenedBy([enterprise], enterprise, stricter)).toEqual([]);
    expect(widenedBy([enterprise], enterprise, { name: 'Renamed', changeReason: 'a better name' })).toEqual(
      [],
    );
  });

  it('is found for those below whom the changed policy bounds, though it says the same for others', () => {
    const team = storedPolicy(
      samplePolicy('actions', { at: 'team engineering/web', rules: { default_autonomy: 'notify' } }),
    );
    const bounded = { ...enterprise, mayGrant: null };
    // What only bounds levels below widens what the team's policy may say.
    expect(widenedBy([bounded, team], bounded, { mayGrant: { default_autonomy: 'notify' } })).toEqual([
      'default_autonomy: approve -> notify',
    ]);
    expect(widenedBy([bounded], bounded, { mayGrant: { default_autonomy: 'notify' } })).toEqual([]);
  });

  it('is found for a person whom only a canary names', () => {
    const draft: Policy = {
      ...enterprise,
      version: 2,
      status: 'draft',
      rules: { default_autonomy: 'notify' },
      canaryFor: ['ada'],
    };
    const change = {
      policyId: draft.id,
      deprecate: [],
      insert: null,
      activate: null,
      canary: { version: 2, userIds: ['ada'] },
    };
    const after = policiesAfter([enterprise], { policy: draft, change });
    expect(widenedPoints({ domain: 'actions', scope: draft.scope, before: [enterprise], after })).toContain(
      'default_autonomy: approve -> notify',
    );
  });

  it('of any policy into itself widens nothing, and there and back widens at least once unless all is the same', () => {
    fc.assert(
      fc.property(rulesOf.actions('some'), rulesOf.actions('some'), (one, other) => {
        const policy: Policy = { ...enterprise, rules: { ...one }, mayGrant: null };
        expect(widenedBy([policy], policy, {})).toEqual([]);
        const { next } = replaced(policy, { rules: { ...other } });
        const there = widenedBy([policy], policy, { rules: { ...other } });
        const back = widenedBy([next], next, { rules: { ...one } });
        // What is loosened one way is tightened the other: no point is in both.
        const places = (words: readonly string[]) => words.map((word) => word.split(': ')[0]);
        expect(places(there).filter((place) => places(back).includes(place))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('takes a first policy for one that grants, since without any all is denied', () => {
    const { next, change } = replaced(enterprise, {});
    const first = { ...change, deprecate: [] };
    const after = policiesAfter([], { policy: next, change: first });
    expect(widenedPoints({ domain: 'actions', scope: next.scope, before: [], after })).toHaveLength(1);
    const over = { policyId: next.id, deprecate: [next.version], insert: null, activate: null };
    expect(policiesAfter(after, { policy: next, change: over })).toEqual([]);
  });
});
