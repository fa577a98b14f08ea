import { describe, expect, it } from 'vitest';
import { parseNewPolicy } from '#governance/policy/change/parse-new-policy.ts';
import { effectivePolicy, policiesFor } from '#governance/policy/effective.ts';

const mia = { userId: 'mia', orgUnit: 'engineering/web' };

const made = { by: 'admin', at: new Date() };
const rules = { default_autonomy: 'autonomous' };
const enterprise = parseNewPolicy(
  {
    name: 'as it was',
    domain: 'actions',
    scope: { level: 'enterprise' },
    status: 'active',
    rules,
    change_reason: 'for a while',
  },
  { ...made, among: [] },
);

/** What a plain user may write and put in force (`policies.write_user` reaches `own`), while the enterprise allows it. */
const own = parseNewPolicy(
  {
    name: 'mine',
    domain: 'actions',
    scope: { level: 'user', user_id: mia.userId, org_unit: mia.orgUnit },
    status: 'active',
    rules,
    change_reason: 'to have it later',
  },
  { ...made, among: [enterprise] },
);

describe('a domain that the enterprise has taken its policy out of', () => {
  it('permits nothing to a person who writes a policy of their own', () => {
    const { policy } = effectivePolicy(policiesFor(mia, [own]));
    const granted = Object.values(policy.actions?.['autonomy'] ?? {}).map(({ value }) => value);
    expect(granted.filter((value) => value !== 'block')).toEqual([]);
  });
});
